-- Motion of the affected side from start to now. One row per episode, movement, side and motion type. Which side is
-- affected is what the episode says of the joint's own region, or of all its regions when it names none there; an episode
-- about both sides, or about no side in particular, counts both. birth_date and sex choose the reference the degrees are
-- held against.
WITH places AS (
    SELECT client_id, episode_id, list({region: region, side: side}) AS named
    FROM visible_episode_region
    GROUP BY client_id, episode_id
),
sided AS (
    SELECT
        m.*,
        list_filter(p.named, lambda place: place.region = m.region) AS near,
        CASE WHEN len(near) > 0 THEN near ELSE coalesce(p.named, []) END AS meant,
        list_transform(meant, lambda place: place.side) AS sides
    FROM visible_motion_course AS m
    INNER JOIN visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
        ON m.client_id = e.client_id AND m.episode_id = e.episode_id
    LEFT JOIN places AS p ON m.client_id = p.client_id AND m.episode_id = p.episode_id
)
SELECT s.* EXCLUDE (near, meant, sides), c.birth_date, c.sex
FROM sided AS s
INNER JOIN visible_client AS c ON s.client_id = c.client_id
WHERE s.side IS NULL
    OR list_contains(s.sides, s.side)
    OR list_contains(s.sides, 'both')
    OR NOT (list_contains(s.sides, 'left') OR list_contains(s.sides, 'right'))
ORDER BY s.joint, s.movement, s.motion_type, s.episode_id, s.side;
