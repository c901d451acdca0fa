-- Motion at each visit of one episode, in degrees; repeat readings of one visit are averaged. Readings before treatment
-- only: one after treatment measures the immediate effect. One row per visit, movement, side and motion type.
SELECT m.joint, m.movement, m.side, m.motion_type, v.visit_number, m.measured_on, avg(m.degrees)::DOUBLE AS degrees
FROM visible_motion AS m
INNER JOIN visible_visit AS v
    ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
WHERE m.client_id = $client_id AND m.episode_id = $episode_id AND m.moment = 'before'
GROUP BY ALL
ORDER BY m.joint, m.movement, m.motion_type, m.side, v.visit_number;
