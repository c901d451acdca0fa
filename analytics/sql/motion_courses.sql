-- Motion of each episode from start to now, in degrees, with the goal set last for this side or for any. One row per
-- episode, joint, movement, side and motion type. Narrowed to episodes opened in the period, or to one episode.
WITH series AS (
    SELECT m.*
    FROM visible_motion_course AS m
    INNER JOIN visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
        ON m.client_id = e.client_id AND m.episode_id = e.episode_id
    WHERE ($client_id IS NULL OR m.client_id = $client_id) AND ($episode_id IS NULL OR m.episode_id = $episode_id)
),
goals AS (
    SELECT
        s.client_id,
        s.episode_id,
        s.joint,
        s.movement,
        s.side,
        s.motion_type,
        arg_max(g.target::DOUBLE, (g.set_on, g.goal_id)) AS goal_deg
    FROM series AS s
    INNER JOIN visible_goal AS g
        ON s.client_id = g.client_id AND s.episode_id = g.episode_id AND s.joint = g.joint AND s.movement = g.movement
    WHERE g.measure = 'motion' AND (s.side IS NULL OR g.side IS NULL OR s.side = g.side)
    GROUP BY ALL
)
SELECT s.*, g.goal_deg
FROM series AS s
LEFT JOIN goals AS g
    ON s.client_id = g.client_id AND s.episode_id = g.episode_id AND s.joint = g.joint AND s.movement = g.movement
    AND s.motion_type = g.motion_type AND s.side IS NOT DISTINCT FROM g.side
ORDER BY s.joint, s.movement, s.motion_type, s.episode_id, s.side;
