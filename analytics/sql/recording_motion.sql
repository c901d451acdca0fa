-- The last motion before treatment of each movement in one episode: which rows the form begins with, and what stands beside
-- them. Repeats of the last visit are averaged. One row per joint, movement, side and motion type.
WITH at_visit AS (
    SELECT
        m.joint, m.movement, m.side, m.motion_type, v.visit_number, v.visited_on,
        avg(m.degrees)::DOUBLE AS degrees,
        max(m.instrument) AS instrument
    FROM visible_motion AS m
    INNER JOIN visible_visit AS v
        ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
    WHERE m.client_id = $client_id AND m.episode_id = $episode_id AND m.moment = 'before'
    GROUP BY ALL
)
SELECT
    joint,
    movement,
    side,
    motion_type,
    arg_max(degrees, visit_number) AS last_deg,
    max(visited_on) AS last_on,
    max(visit_number) AS last_visit,
    arg_max(instrument, visit_number) AS instrument
FROM at_visit
GROUP BY joint, movement, side, motion_type
ORDER BY last_visit DESC, joint, movement, motion_type, side;
