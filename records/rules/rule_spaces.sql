-- Space around a value is left out, and said so; inside free words it does not matter. One row per value.
WITH spaced_visit AS (
    SELECT * EXCLUDE (note, mechanism, diagnosis)
    FROM staged_visit
    SEMI JOIN read_visit USING (line, place)
    -- One test per row first: taking every row apart would be slow.
    WHERE regexp_matches(
        concat_ws(chr(31), *COLUMNS(* EXCLUDE (line, place, note, mechanism, diagnosis))),
        '(^|\x1f)[\s\x{00a0}]|[\s\x{00a0}](\x1f|$)'
    )
),
spaced_reading AS (
    SELECT *
    FROM staged_reading
    SEMI JOIN read_visit USING (line, place)
    WHERE regexp_matches(
        concat_ws(chr(31), *COLUMNS(* EXCLUDE (line, place, reading))), '(^|\x1f)[\s\x{00a0}]|[\s\x{00a0}](\x1f|$)'
    )
),
value_given AS (
    SELECT line, place, 0 AS reading, field, value
    FROM (UNPIVOT spaced_visit ON COLUMNS(* EXCLUDE (line, place)) INTO NAME field VALUE value)
    UNION ALL
    SELECT line, place, reading, field, value
    FROM (UNPIVOT spaced_reading ON COLUMNS(* EXCLUDE (line, place, reading)) INTO NAME field VALUE value)
)
SELECT
    line,
    place,
    reading,
    field,
    value,
    'corrected' AS fate,
    'spaces around the value were left out.' AS reason,
    NULL AS remedy
FROM value_given
WHERE value <> bare(value);
