-- Motion of each episode from start to now, in degrees: the first reading before treatment and the one of the latest
-- visit measured, repeats of one visit averaged; latest is NULL where it was measured at one visit only. One row per
-- episode, joint, movement, side and motion type. Narrowed to episodes opened in the period, or to one episode.
-- A rater or instrument that was not written down is taken to be that of the nearest visit where one was.
-- rater_changed and instrument_changed speak of the two visits compared; the two _between of the visits between them.
-- goal_deg is the goal set last for this side or for any.
WITH readings AS (
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
        min(m.instrument) AS low_tool,
        max(m.instrument) AS high_tool,
        min(m.rater_id) AS low_rater,
        max(m.rater_id) AS high_rater
    FROM visible_motion AS m
    INNER JOIN visible_visit AS v
        ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
    INNER JOIN visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
        ON m.client_id = e.client_id AND m.episode_id = e.episode_id
    WHERE m.moment = 'before'
        AND ($client_id IS NULL OR m.client_id = $client_id)
        AND ($episode_id IS NULL OR m.episode_id = $episode_id)
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
        CASE WHEN count(*) > 1 THEN arg_max(degrees, visit_number) END AS latest_deg,
        CASE WHEN count(*) > 1 THEN max(measured_on) END AS latest_on,
        count(*) AS visits_measured,
        arg_max(low_tool, visit_number) AS latest_instrument,
        -- arg_min and arg_max pass over visits where nothing was written down.
        least(arg_min(low_tool, visit_number), arg_max(low_tool, visit_number))
            IS DISTINCT FROM greatest(arg_min(high_tool, visit_number), arg_max(high_tool, visit_number))
            AS instrument_changed,
        min(low_tool) IS DISTINCT FROM max(high_tool) AS instrument_varied,
        least(arg_min(low_rater, visit_number), arg_max(low_rater, visit_number))
            IS DISTINCT FROM greatest(arg_min(high_rater, visit_number), arg_max(high_rater, visit_number))
            AS rater_changed,
        min(low_rater) IS DISTINCT FROM max(high_rater) AS rater_varied
    FROM readings
    GROUP BY client_id, episode_id, joint, movement, side, motion_type
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
SELECT
    s.* EXCLUDE (instrument_varied, rater_varied),
    s.instrument_varied AND NOT s.instrument_changed AS instrument_between,
    s.rater_varied AND NOT s.rater_changed AS rater_between,
    m.name,
    m.region,
    g.goal_deg
FROM series AS s
INNER JOIN visible_movement AS m ON s.joint = m.joint AND s.movement = m.movement
LEFT JOIN goals AS g
    ON s.client_id = g.client_id AND s.episode_id = g.episode_id AND s.joint = g.joint AND s.movement = g.movement
    AND s.motion_type = g.motion_type AND s.side IS NOT DISTINCT FROM g.side
ORDER BY s.joint, s.movement, s.motion_type, s.episode_id, s.side;
