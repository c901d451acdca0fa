-- Scores stay within the range of their scale. One row per problem of a score.
WITH score AS (
    SELECT r.*, s.value AS given, b.name, b.lowest, b.highest
    FROM read_reading AS r
    INNER JOIN staged_reading AS s USING (line, place, reading)
    LEFT JOIN records.scale AS b ON r.scale = b.scale
    WHERE r.what = 'score'
)
SELECT
    line,
    place,
    reading,
    'value' AS field,
    given AS value,
    'refused' AS fate,
    CASE
        WHEN number IS NULL
            THEN bare(given) || ' is not a number (decimal mark "' || getvariable('rules_decimal') || '").'
        ELSE bare(given) || ' is outside ' || name || ': ' || plain(lowest) || ' to ' || plain(highest) || '.'
    END AS reason,
    'leave the cell empty if it was not asked' AS remedy
FROM score
WHERE number IS NULL OR number NOT BETWEEN lowest AND highest
UNION ALL
SELECT line, place, reading, 'side', side, 'refused', side || ' is no side of one score. Right is left or right.', NULL
FROM score
WHERE side NOT IN ('left', 'right');
