-- Motion at each visit of one episode, in degrees; repeat readings of one visit are averaged. Readings before treatment
-- only: one after treatment measures the immediate effect. One row per visit, movement, side and motion type.
SELECT
    m.joint,
    m.movement,
    m.side,
    m.motion_type,
    v.visit_number,
    m.measured_on,
    avg(m.degrees)::DOUBLE AS degrees,
    count(*) AS readings,
    min(m.instrument) AS instrument,
    count(DISTINCT m.instrument) > 1 AS instruments_mixed,
    min(m.rater_id) AS rater_id,
    count(DISTINCT m.rater_id) > 1 AS raters_mixed
FROM visible_motion AS m
INNER JOIN visible_visit AS v
    ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
WHERE m.client_id = $client_id AND m.episode_id = $episode_id AND m.moment = 'before'
GROUP BY ALL
ORDER BY m.joint, m.movement, m.motion_type, m.side, m.measured_on, v.visit_number;
