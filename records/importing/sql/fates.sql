-- What becomes of every row, and why. One row per row of the main files for accepted and duplicate ones, one per reason
-- for corrected and refused ones. A duplicate adds nothing: its visit and each of its readings stand, or came further up.
CREATE OR REPLACE TEMP TABLE referral_once AS
SELECT
    k.person, coalesce(p.episode_id, e.episode_id) AS episode_id, k.care, coalesce(e.block, 0) AS block,
    k.diagnosis, k.visits_ordered, k.ordered_on, k.order_expires_on,
    min(k.seat) AS first_seat
FROM kept_line AS k
INNER JOIN part AS p USING (part)
LEFT JOIN part_episode AS e USING (part)
ANTI JOIN records.referral AS r
    ON coalesce(p.episode_id, e.episode_id) = r.episode_id AND NOT r.withdrawn
    AND k.diagnosis IS NOT DISTINCT FROM r.diagnosis AND k.visits_ordered IS NOT DISTINCT FROM r.visits_ordered
    AND k.ordered_on IS NOT DISTINCT FROM r.ordered_on AND k.order_expires_on IS NOT DISTINCT FROM r.expires_on
WHERE coalesce(k.diagnosis, k.visits_ordered::VARCHAR, k.ordered_on::VARCHAR, k.order_expires_on::VARCHAR) IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE adding_line AS
SELECT part // 1000 AS line FROM part WHERE episode_id IS NULL
UNION
SELECT first_line FROM reading_once WHERE standing IS NULL
UNION
SELECT first_seat // 1000 FROM referral_once;

CREATE OR REPLACE TEMP TABLE line_fate AS
WITH refused AS (SELECT DISTINCT line FROM problem WHERE fate = 'refused'),
corrected AS (SELECT DISTINCT line FROM problem WHERE fate = 'corrected')
SELECT
    m.line,
    m.file_name,
    m.row_number,
    CASE
        WHEN r.line IS NOT NULL THEN 'refused'
        WHEN a.line IS NULL THEN 'duplicate'
        WHEN c.line IS NOT NULL THEN 'corrected'
        ELSE 'accepted'
    END AS fate
FROM main_row AS m
LEFT JOIN refused AS r ON m.line = r.line
LEFT JOIN corrected AS c ON m.line = c.line
LEFT JOIN adding_line AS a ON m.line = a.line;

CREATE OR REPLACE TEMP TABLE row_fate AS
WITH told AS (
    SELECT
        f.line,
        f.file_name AS file,
        f.row_number AS row,
        f.fate,
        coalesce(n.column_name, CASE p.field WHEN 'row' THEN 'whole row' ELSE p.field END) AS "column",
        p.value,
        CASE
            WHEN f.fate = 'duplicate' THEN 'The same visit with the same values stands already, or is in a row above.'
            ELSE p.reason || coalesce(' ' || p.remedy, '')
        END AS reason,
        p.place,
        p.reading
    FROM line_fate AS f
    LEFT JOIN problem AS p ON f.line = p.line AND f.fate = p.fate
    LEFT JOIN field_name AS n ON p.place = n.place AND p.reading = n.reading AND p.field = n.field
)
-- One column may serve a visit and its readings: what is wrong in it is said once.
SELECT line, file, row, fate, "column", value, reason
FROM told
GROUP BY line, file, row, fate, "column", value, reason
ORDER BY line, min(place), min(reading), "column";
