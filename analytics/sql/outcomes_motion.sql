-- Motion of the affected side, first and latest reading before treatment. One row per episode, movement and motion
-- type; episodes about both sides, or about no side in particular, count both. birth_date and sex choose the reference
-- the degrees are held against. No two instruments make one series: instrument_changed says so.
WITH affected AS (
    SELECT
        e.episode_id,
        unnest(
            CASE
                WHEN bool_or(r.side IN ('left', 'right')) AND NOT bool_or(r.side = 'both')
                    THEN list(DISTINCT r.side) FILTER (r.side IN ('left', 'right'))
                ELSE ['left', 'right']
            END
        ) AS side
    FROM visible_episode AS e
    LEFT JOIN visible_episode_region AS r ON e.episode_id = r.episode_id
    GROUP BY e.episode_id
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
        AND (
            m.side IS NULL
            OR EXISTS (SELECT 1 FROM affected AS a WHERE a.episode_id = m.episode_id AND a.side = m.side)
        )
    GROUP BY ALL
)
SELECT
    r.client_id,
    r.episode_id,
    r.joint,
    r.movement,
    r.side,
    r.motion_type,
    arg_min(r.degrees, r.visit_number) AS first_deg,
    min(r.measured_on) AS first_on,
    arg_max(r.degrees, r.visit_number) AS latest_deg,
    count(*) AS visits_measured,
    coalesce(min(r.first_tool) <> max(r.last_tool), false) AS instrument_changed,
    any_value(c.birth_date) AS birth_date,
    any_value(c.sex) AS sex
FROM readings AS r
INNER JOIN visible_client AS c ON r.client_id = c.client_id
GROUP BY r.client_id, r.episode_id, r.joint, r.movement, r.side, r.motion_type
ORDER BY r.joint, r.movement, r.motion_type, r.episode_id, r.side;
