-- Motion of the affected side, first and latest reading before treatment. One row per episode, movement, side and motion
-- type. Which side is affected is what the episode says of the joint's own region, or of all its regions when it names
-- none there; an episode about both sides, or about no side in particular, counts both. birth_date and sex choose the
-- reference the degrees are held against. No two instruments make one series: instrument_changed says so.
WITH places AS (
    SELECT client_id, episode_id, list({region: region, side: side}) AS named
    FROM visible_episode_region
    GROUP BY client_id, episode_id
),
readings AS (
    SELECT
        m.client_id,
        m.episode_id,
        m.joint,
        m.movement,
        m.side,
        m.motion_type,
        m.measured_on,
        v.visit_number,
        avg(m.degrees)::DOUBLE AS degrees,
        min(m.instrument) AS first_tool,
        max(m.instrument) AS last_tool
    FROM visible_motion AS m
    INNER JOIN visible_visit AS v
        ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
    INNER JOIN visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
        ON m.client_id = e.client_id AND m.episode_id = e.episode_id
    WHERE m.moment = 'before'
    GROUP BY ALL
),
series AS (
    SELECT
        client_id,
        episode_id,
        joint,
        movement,
        side,
        motion_type,
        arg_min(degrees, visit_number) AS first_deg,
        min(measured_on) AS first_on,
        arg_max(degrees, visit_number) AS latest_deg,
        count(*) AS visits_measured,
        coalesce(min(first_tool) <> max(last_tool), false) AS instrument_changed
    FROM readings
    GROUP BY client_id, episode_id, joint, movement, side, motion_type
),
sided AS (
    SELECT
        s.*,
        list_filter(p.named, lambda place: place.region = m.region) AS near,
        CASE WHEN len(near) > 0 THEN near ELSE coalesce(p.named, []) END AS meant,
        list_transform(meant, lambda place: place.side) AS sides
    FROM series AS s
    INNER JOIN visible_movement AS m ON s.joint = m.joint AND s.movement = m.movement
    LEFT JOIN places AS p ON s.client_id = p.client_id AND s.episode_id = p.episode_id
)
SELECT s.* EXCLUDE (near, meant, sides), c.birth_date, c.sex
FROM sided AS s
INNER JOIN visible_client AS c ON s.client_id = c.client_id
WHERE s.side IS NULL
    OR list_contains(s.sides, s.side)
    OR list_contains(s.sides, 'both')
    OR NOT (list_contains(s.sides, 'left') OR list_contains(s.sides, 'right'))
ORDER BY s.joint, s.movement, s.motion_type, s.episode_id, s.side;
