-- What stands now: rows not withdrawn, before anyone's rights are asked. Only visible.sql and pooled.sql read these.
CREATE SCHEMA IF NOT EXISTS live;

CREATE OR REPLACE VIEW live.episode AS
SELECT e.* EXCLUDE (withdrawn, batch_id, source_row), i.name AS injury_type, c.name AS cause_name
FROM records.episode AS e
LEFT JOIN records.injury_type AS i USING (injury_type_id)
LEFT JOIN records.cause AS c USING (cause)
WHERE NOT e.withdrawn;

CREATE OR REPLACE VIEW live.session AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row) FROM records.session WHERE NOT withdrawn;

CREATE OR REPLACE VIEW live.session_part AS
SELECT * EXCLUDE (withdrawn, batch_id) FROM records.session_part WHERE NOT withdrawn;

CREATE OR REPLACE VIEW live.rating AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row) FROM records.rating WHERE NOT withdrawn;

CREATE OR REPLACE VIEW live.motion AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row) FROM records.motion WHERE NOT withdrawn;

-- Visits: kept sessions other than contacts, one row per session and episode, numbered within the episode.
-- No-shows, late cancels, bookings and contacts never advance the number.
CREATE OR REPLACE VIEW live.visit AS
SELECT
    p.session_id,
    p.episode_id,
    p.client_id,
    p.visited_on,
    s.start_time,
    s.kind,
    s.therapist_id,
    s.office_id,
    p.minutes,
    p.home_done,
    p.home_prescribed,
    p.adverse_reaction,
    p.flare_marked,
    p.note,
    row_number() OVER (
        PARTITION BY p.client_id, p.episode_id
        ORDER BY p.visited_on, s.start_time NULLS FIRST, p.session_id
    ) AS visit_number
FROM live.session_part AS p
INNER JOIN live.session AS s
    ON p.session_id = s.session_id AND p.client_id = s.client_id
WHERE s.status = 'kept' AND s.kind <> 'contact';

-- The visit of each episode at which something was first done. Evaluations at which no technique was used and pain of no
-- kind was asked afterwards treat nobody, in an episode that does name techniques; in any other the first visit counts as
-- a treatment. One row per episode with a visit.
CREATE OR REPLACE VIEW live.first_treated AS
WITH technique AS (
    SELECT DISTINCT client_id, episode_id, session_id FROM records.technique_use WHERE NOT withdrawn
),
asked_after AS (
    SELECT DISTINCT client_id, episode_id, session_id FROM live.rating WHERE moment = 'after'
)
SELECT
    v.client_id,
    v.episode_id,
    CASE
        WHEN bool_or(t.session_id IS NOT NULL)
            THEN min(v.visit_number) FILTER (
                WHERE v.kind NOT IN ('evaluation', 're_evaluation')
                    OR t.session_id IS NOT NULL
                    OR a.session_id IS NOT NULL
            )
        ELSE 1
    END AS first_treated_visit
FROM live.visit AS v
LEFT JOIN technique AS t
    ON v.client_id = t.client_id AND v.episode_id = t.episode_id AND v.session_id = t.session_id
LEFT JOIN asked_after AS a
    ON v.client_id = a.client_id AND v.episode_id = a.episode_id AND v.session_id = a.session_id
GROUP BY v.client_id, v.episode_id;

-- The one pain series an episode is judged by: one that has a start and a now (rated before treatment after the first
-- treatment and after its own first rating), if there is any, and of those the kind, region and side rated first of all;
-- where several were rated on that first day, the main complaint's, then "now" before averages. One row per episode.
CREATE OR REPLACE VIEW live.pain_series AS
WITH series AS (
    SELECT
        r.client_id,
        r.episode_id,
        r.kind,
        r.region,
        r.side,
        min(v.visited_on) AS first_rated_on,
        max(v.visit_number) > greatest(min(v.visit_number), any_value(t.first_treated_visit)) AS has_now
    FROM live.rating AS r
    INNER JOIN live.visit AS v
        ON r.client_id = v.client_id AND r.session_id = v.session_id AND r.episode_id = v.episode_id
    INNER JOIN live.first_treated AS t ON v.client_id = t.client_id AND v.episode_id = t.episode_id
    WHERE r.moment = 'before'
    GROUP BY r.client_id, r.episode_id, r.kind, r.region, r.side
)
SELECT s.client_id, s.episode_id, s.kind, s.region, s.side
FROM series AS s
LEFT JOIN records.episode_region AS r
    ON s.episode_id = r.episode_id AND s.region = r.region AND NOT r.withdrawn
QUALIFY row_number() OVER (
    PARTITION BY s.client_id, s.episode_id
    ORDER BY
        s.has_now DESC,
        s.first_rated_on,
        r.place NULLS LAST,
        s.side IS DISTINCT FROM r.side,
        list_position(['now', 'average', 'worst', 'best'], s.kind),
        s.region,
        s.side
) = 1;

-- Pain of that series at each visit. NULL means not asked; it is not zero pain. Two ratings of one moment on one
-- visit (repeats) are averaged.
CREATE OR REPLACE VIEW live.visit_pain AS
SELECT
    v.client_id,
    v.episode_id,
    v.session_id,
    v.visit_number,
    v.visited_on,
    avg(r.pain) FILTER (WHERE r.moment = 'before')::DOUBLE AS pain_before,
    avg(r.pain) FILTER (WHERE r.moment = 'after')::DOUBLE AS pain_after
FROM live.visit AS v
LEFT JOIN live.pain_series AS p
    ON v.client_id = p.client_id AND v.episode_id = p.episode_id
LEFT JOIN live.rating AS r
    ON v.client_id = r.client_id AND v.session_id = r.session_id AND v.episode_id = r.episode_id
    AND r.kind = p.kind AND r.region IS NOT DISTINCT FROM p.region AND r.side IS NOT DISTINCT FROM p.side
GROUP BY ALL;

-- The course of each episode in dates: what is judged from it (active, lapsed ...) is analytics' business.
-- Episodes without a visit (contacts or bookings only) have NULL first and last visits and 0 visits. A contact agreed for
-- a later day is no booked visit.
CREATE OR REPLACE VIEW live.episode_course AS
SELECT
    e.client_id,
    e.episode_id,
    count(*) FILTER (WHERE s.status = 'kept' AND s.kind <> 'contact') AS visits,
    min(p.visited_on) FILTER (WHERE s.status = 'kept' AND s.kind <> 'contact') AS first_visit_on,
    max(p.visited_on) FILTER (WHERE s.status = 'kept' AND s.kind <> 'contact') AS last_visit_on,
    max(p.visited_on) FILTER (WHERE s.status = 'booked' AND s.kind <> 'contact') AS last_booked_on
FROM live.episode AS e
LEFT JOIN live.session_part AS p ON e.client_id = p.client_id AND e.episode_id = p.episode_id
LEFT JOIN live.session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
GROUP BY ALL;

-- What an episode's pain is judged by: start and now of its one series, before treatment. The start is the first rating,
-- or the mean of all that precede any treatment; now is the latest rating after the start; recent_pain is the mean of up
-- to the last three after the start. NULL is not measured. One row per episode.
CREATE OR REPLACE VIEW live.pain_course AS
WITH rated AS (
    SELECT
        v.client_id,
        v.episode_id,
        v.visit_number,
        v.visited_on,
        v.pain_before,
        row_number() OVER (PARTITION BY v.client_id, v.episode_id ORDER BY v.visit_number) AS place,
        v.visit_number <= t.first_treated_visit AS before_any_treatment
    FROM live.visit_pain AS v
    INNER JOIN live.first_treated AS t ON v.client_id = t.client_id AND v.episode_id = t.episode_id
    WHERE v.pain_before IS NOT NULL
),
course AS (
    SELECT
        client_id,
        episode_id,
        count(*) AS readings,
        avg(pain_before) FILTER (WHERE place = 1 OR before_any_treatment) AS first_pain,
        count(*) FILTER (WHERE place = 1 OR before_any_treatment) AS first_ratings,
        min(visit_number) AS first_visit,
        min(visited_on) AS first_on,
        arg_max(pain_before, visit_number) FILTER (WHERE place > 1 AND NOT before_any_treatment) AS latest_pain,
        max(visit_number) FILTER (WHERE place > 1 AND NOT before_any_treatment) AS latest_visit,
        max(visited_on) FILTER (WHERE place > 1 AND NOT before_any_treatment) AS latest_on,
        arg_max(pain_before, visit_number, 3) FILTER (WHERE place > 1 AND NOT before_any_treatment) AS recent
    FROM rated
    GROUP BY client_id, episode_id
),
complaint AS (
    SELECT client_id, episode_id, arg_min(region, place) AS region
    FROM records.episode_region
    WHERE NOT withdrawn
    GROUP BY client_id, episode_id
)
SELECT
    e.client_id,
    e.episode_id,
    coalesce(s.region, m.region, i.region) AS region,
    s.kind,
    s.side,
    t.first_treated_visit,
    coalesce(c.readings, 0) AS readings,
    c.first_pain,
    coalesce(c.first_ratings, 0) AS first_ratings,
    c.first_visit,
    c.first_on,
    c.latest_pain,
    c.latest_visit,
    c.latest_on,
    list_avg(c.recent) AS recent_pain,
    coalesce(len(c.recent), 0) AS recent_ratings
FROM records.episode AS e
LEFT JOIN course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
LEFT JOIN live.first_treated AS t ON e.client_id = t.client_id AND e.episode_id = t.episode_id
LEFT JOIN live.pain_series AS s ON e.client_id = s.client_id AND e.episode_id = s.episode_id
LEFT JOIN complaint AS m ON e.client_id = m.client_id AND e.episode_id = m.episode_id
LEFT JOIN records.injury_type AS i ON e.injury_type_id = i.injury_type_id
WHERE NOT e.withdrawn;

-- The pain to ask for without a visit: that of the series the episode is judged by; in an episode without one, pain now
-- of its main complaint. One row per episode.
CREATE OR REPLACE VIEW live.asked_pain AS
WITH complaint AS (
    SELECT client_id, episode_id, arg_min({region: region, side: side}, place) AS main
    FROM records.episode_region
    WHERE NOT withdrawn
    GROUP BY client_id, episode_id
)
SELECT
    e.client_id,
    e.episode_id,
    coalesce(s.kind, 'now') AS kind,
    CASE WHEN s.kind IS NOT NULL THEN s.region WHEN m.main IS NOT NULL THEN m.main.region ELSE i.region END AS region,
    CASE WHEN s.kind IS NOT NULL THEN s.side ELSE m.main.side END AS side
FROM live.episode AS e
LEFT JOIN live.pain_series AS s ON e.client_id = s.client_id AND e.episode_id = s.episode_id
LEFT JOIN complaint AS m ON e.client_id = m.client_id AND e.episode_id = m.episode_id
LEFT JOIN records.injury_type AS i ON e.injury_type_id = i.injury_type_id;

-- Motion of each episode from start to now, in degrees: the first reading before treatment and the one of the latest
-- visit measured, repeats of one visit averaged; latest is NULL where it was measured at one visit only.
-- A rater or instrument that was not written down is taken to be that of the nearest visit where one was.
-- rater_changed and instrument_changed speak of the two visits compared; the two _between of the visits between them.
-- One row per episode, joint, movement, side and motion type.
CREATE OR REPLACE VIEW live.motion_course AS
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
    FROM live.motion AS m
    INNER JOIN live.visit AS v
        ON m.client_id = v.client_id AND m.episode_id = v.episode_id AND m.session_id = v.session_id
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
)
SELECT
    s.* EXCLUDE (instrument_varied, rater_varied),
    s.instrument_varied AND NOT s.instrument_changed AS instrument_between,
    s.rater_varied AND NOT s.rater_changed AS rater_between,
    m.name,
    m.region
FROM series AS s
INNER JOIN records.movement AS m ON s.joint = m.joint AND s.movement = m.movement;

-- Everything a person may correct, whether it stands or was withdrawn, with all its values. One row per record.
CREATE OR REPLACE VIEW live.written AS
SELECT
    'client' AS table_name, t.client_id AS row_id, t.client_id, NULL::BIGINT AS episode_id, NULL::BIGINT AS session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t) AS record
FROM records.client AS t
UNION ALL
SELECT
    'episode', t.episode_id, t.client_id, t.episode_id, NULL,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.episode AS t
UNION ALL
SELECT
    'episode_region', t.episode_region_id, t.client_id, t.episode_id, NULL,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.episode_region AS t
UNION ALL
SELECT
    'goal', t.goal_id, t.client_id, t.episode_id, NULL,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.goal AS t
UNION ALL
SELECT
    'dated_entry', t.entry_id, t.client_id, t.episode_id, NULL,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.dated_entry AS t
UNION ALL
SELECT
    'referral', t.referral_id, t.client_id, t.episode_id, NULL,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM (SELECT * EXCLUDE (order_copy) FROM records.referral) AS t
UNION ALL
SELECT
    'session', t.session_id, t.client_id, NULL, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.session AS t
UNION ALL
SELECT
    'session_part', t.session_part_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.session_part AS t
UNION ALL
SELECT
    'technique_use', t.technique_use_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.technique_use AS t
UNION ALL
SELECT
    'red_flag_found', t.red_flag_found_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.red_flag_found AS t
UNION ALL
SELECT
    'call_made', t.call_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.call_made AS t
UNION ALL
SELECT
    'rating', t.rating_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.rating AS t
UNION ALL
SELECT
    'motion', t.motion_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.motion AS t
UNION ALL
SELECT
    'score', t.score_id, t.client_id, t.episode_id, t.session_id,
    t.ver, t.withdrawn, t.action_id, t.batch_id, to_json(t)
FROM records.score AS t;
