-- Motion stays within the bounds of its joint, on a side it has. One row per problem of a reading.
WITH motion AS (
    SELECT r.*, s.value AS given, s.side AS side_given, b.name, b.sided, b.lowest_deg, b.highest_deg
    FROM read_reading AS r
    INNER JOIN staged_reading AS s USING (line, place, reading)
    LEFT JOIN records.movement AS b ON r.joint = b.joint AND r.movement = b.movement
    WHERE r.what = 'motion'
),
movements AS (
    SELECT joint, string_agg(replace(movement, '_', ' '), ', ' ORDER BY movement) AS names
    FROM records.movement
    GROUP BY joint
)
SELECT
    line,
    place,
    reading,
    'value' AS field,
    given AS value,
    CASE WHEN number BETWEEN lowest_deg AND highest_deg THEN 'corrected' ELSE 'refused' END AS fate,
    CASE
        WHEN number IS NULL
            THEN bare(given) || ' is not a number (decimal mark "' || getvariable('rules_decimal')
                || '"). Right is degrees.'
        WHEN number NOT BETWEEN lowest_deg AND highest_deg
            THEN bare(given) || ' degrees is outside what ' || lower(name) || ' can be: ' || plain(lowest_deg) || ' to '
                || plain(highest_deg) || ' degrees.'
        ELSE bare(given) || ' was rounded to ' || plain(value) || '.'
    END AS reason,
    'leave the cell empty if it was not measured' AS remedy
FROM motion
WHERE number IS NULL OR number NOT BETWEEN lowest_deg AND highest_deg OR number <> value
UNION ALL
SELECT
    line, place, reading, 'side', side, 'refused',
    CASE
        WHEN NOT sided THEN lower(name) || ' has no side, and ' || side || ' was given.'
        WHEN side IS NULL THEN 'there is no side. ' || name || ' is measured left or right.'
        ELSE side || ' is no side of one reading. Right is left or right.'
    END,
    NULL
FROM motion
WHERE
    (NOT sided AND side IS NOT NULL)
    OR (sided AND (side_given IS NULL OR side IN ('both', 'midline')))
UNION ALL
SELECT
    m.line, m.place, m.reading, 'movement', m.movement, 'refused',
    'the ' || m.joint || ' has no ' || replace(m.movement, '_', ' ') || '. It has ' || n.names || '.', NULL
FROM motion AS m
INNER JOIN movements AS n USING (joint)
WHERE m.name IS NULL AND m.movement IS NOT NULL
UNION ALL
SELECT line, place, reading, 'moment', moment, 'refused', 'motion is measured before or after treatment, not between visits.', NULL
FROM motion
WHERE moment = 'between';
