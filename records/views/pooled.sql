-- Facts about everyone, without ids, for comparison: only for a viewer with the right to pooled facts, and only where
-- at least pooled_minimum clients stand behind a row. A row under the minimum is absent, not rounded.
CREATE OR REPLACE VIEW pooled_pain_by_visit AS
SELECT
    e.injury_type_id,
    e.injury_type,
    v.visit_number,
    count(DISTINCT v.client_id) AS clients,
    avg(v.pain_before) AS mean_before,
    quantile_cont(v.pain_before, 0.1) AS tenth_before,
    quantile_cont(v.pain_before, 0.5) AS median_before,
    quantile_cont(v.pain_before, 0.9) AS ninetieth_before
FROM live.visit_pain AS v
INNER JOIN live.episode AS e ON v.client_id = e.client_id AND v.episode_id = e.episode_id
WHERE getvariable('viewer_pooled') AND v.pain_before IS NOT NULL
GROUP BY ALL
HAVING count(DISTINCT v.client_id) >= getvariable('pooled_minimum');

-- Repeat readings of one visit: what the practice's own error of measuring is worked out from. Compared are readings of
-- one person, episode, side, moment and instrument. "same": the repeats of one rater. "different": the first reading of
-- each rater who was written down. A rater or instrument left open is one of its own. pairs are the degrees of freedom:
-- two readings are one pair, three are two; sum_of_squares is of their distances from the mean, in square degrees.
-- Contacts and missed visits are no visits.
-- One row per joint, movement, motion type and raters.
CREATE OR REPLACE VIEW pooled_repeat_motion AS
WITH repeated AS (
    -- Few sessions have repeats: to look at these alone makes the view many times faster.
    SELECT m.session_id
    FROM (
        SELECT session_id
        FROM live.motion
        WHERE getvariable('viewer_pooled')
        GROUP BY session_id
        HAVING max(repeat_number) > 1 OR min(rater_id) <> max(rater_id)
    ) AS m
    SEMI JOIN (SELECT session_id FROM live.session WHERE status = 'kept' AND kind <> 'contact') AS s
        ON m.session_id = s.session_id
),
readings AS (
    SELECT
        client_id,
        episode_id,
        session_id,
        joint,
        movement,
        motion_type,
        side,
        moment,
        instrument,
        rater_id,
        count(*) AS readings,
        var_pop(degrees) * count(*) AS sum_of_squares,
        arg_min(degrees, (repeat_number, motion_id)) AS first_deg
    FROM live.motion
    WHERE session_id IN (SELECT session_id FROM repeated)
    GROUP BY ALL
),
raters AS (
    SELECT
        client_id,
        joint,
        movement,
        motion_type,
        count(*) AS readings,
        var_pop(first_deg) * count(*) AS sum_of_squares
    FROM readings
    WHERE rater_id IS NOT NULL
    GROUP BY client_id, episode_id, session_id, joint, movement, motion_type, side, moment, instrument
),
groups AS (
    SELECT client_id, joint, movement, motion_type, 'same' AS raters, readings, sum_of_squares FROM readings
    UNION ALL
    SELECT client_id, joint, movement, motion_type, 'different' AS raters, readings, sum_of_squares FROM raters
)
SELECT
    joint,
    movement,
    motion_type,
    raters,
    count(DISTINCT client_id) AS clients,
    sum(readings - 1)::BIGINT AS pairs,
    sum(sum_of_squares) AS sum_of_squares
FROM groups
WHERE readings > 1
GROUP BY joint, movement, motion_type, raters
HAVING count(DISTINCT client_id) >= getvariable('pooled_minimum');
