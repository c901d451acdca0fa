-- What a reading cannot do without, when it comes from a column and the column is empty. One row per missing word.
WITH needed AS (
    SELECT
        line,
        place,
        reading,
        unnest([
            {field: 'kind', lacks: bare(what) = 'pain' AND kind IS NULL},
            {field: 'moment', lacks: bare(what) IN ('pain', 'motion') AND moment IS NULL},
            {field: 'joint', lacks: bare(what) = 'motion' AND joint IS NULL},
            {field: 'movement', lacks: bare(what) = 'motion' AND movement IS NULL},
            {field: 'motion_type', lacks: bare(what) = 'motion' AND motion_type IS NULL},
            {field: 'scale', lacks: bare(what) = 'score' AND scale IS NULL},
            {field: 'what', lacks: what IS NULL}
        ], recursive := true)
    FROM staged_reading
    SEMI JOIN read_visit USING (line, place)
    WHERE CASE bare(what)
        WHEN 'pain' THEN kind IS NULL OR moment IS NULL
        WHEN 'motion' THEN joint IS NULL OR movement IS NULL OR motion_type IS NULL OR moment IS NULL
        WHEN 'score' THEN scale IS NULL
        ELSE what IS NULL
    END
)
SELECT
    line,
    place,
    reading,
    field,
    NULL AS value,
    'refused' AS fate,
    'the ' || replace(field, '_', ' ') || ' of a reading is missing.' AS reason,
    'let the profile say it' AS remedy
FROM needed
WHERE lacks;
