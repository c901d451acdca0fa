-- The readings of the kept lines. One row per reading; reading_key tells the readings of one visit and complaint apart.
CREATE OR REPLACE TEMP TABLE kept_reading AS
SELECT
    r.*,
    k.seat * 1000 + r.reading AS reading_seat,
    k.part,
    concat_ws(
        '|', r.what, coalesce(r.kind, ''), coalesce(r.moment, ''), coalesce(r.region, ''), coalesce(r.side, ''),
        coalesce(r.joint, ''), coalesce(r.movement, ''), coalesce(r.motion_type, ''), r.repeat, coalesce(r.scale, ''),
        coalesce(r.item, ''), r.taken_on
    ) AS reading_key
FROM read_reading AS r
INNER JOIN kept_line AS k USING (line, place);

-- What was read in the standing parts, by the same key. One row per reading.
CREATE OR REPLACE TEMP TABLE standing_reading AS
WITH here AS (
    SELECT part, session_id, episode_id FROM part WHERE episode_id IS NOT NULL
)
SELECT
    h.part, r.pain::DOUBLE AS value,
    concat_ws(
        '|', 'pain', r.kind, r.moment, coalesce(r.region, ''), coalesce(r.side, ''), '', '', '', 1, '', '', r.rated_on
    ) AS reading_key
FROM here AS h
INNER JOIN records.rating AS r USING (session_id, episode_id)
WHERE NOT r.withdrawn
UNION ALL
SELECT
    h.part, m.degrees::DOUBLE,
    concat_ws(
        '|', 'motion', '', m.moment, '', coalesce(m.side, ''), m.joint, m.movement, m.motion_type, m.repeat_number, '', '',
        m.measured_on
    )
FROM here AS h
INNER JOIN records.motion AS m USING (session_id, episode_id)
WHERE NOT m.withdrawn
UNION ALL
SELECT
    h.part, s.value::DOUBLE,
    concat_ws('|', 'score', '', '', '', coalesce(s.side, ''), '', '', '', 1, s.scale, coalesce(s.item, ''), s.scored_on)
FROM here AS h
INNER JOIN records.score AS s USING (session_id, episode_id)
WHERE NOT s.withdrawn;

-- One row per reading of this import: the seat that says it first, its value there, and the values that stand.
CREATE OR REPLACE TEMP TABLE reading_once AS
WITH once AS (
    SELECT
        part,
        reading_key,
        min(reading_seat) AS first_seat,
        arg_min(value, reading_seat) AS value,
        arg_min(line, reading_seat) AS first_line
    FROM kept_reading
    GROUP BY part, reading_key
),
stands AS (
    SELECT part, reading_key, list(value) AS standing FROM standing_reading GROUP BY part, reading_key
)
SELECT o.*, s.standing
FROM once AS o
LEFT JOIN stands AS s USING (part, reading_key);
