-- Values that must come from a list: unknown ones are refused, other capitals are put right. One row per value.
WITH odd AS (
    SELECT list, given, code FROM listed_value WHERE code IS NULL OR NOT exact
),
visit_field AS (
    SELECT
        line,
        place,
        0 AS reading,
        unnest([
            {field: 'sex', given: sex}, {field: 'side', given: side}, {field: 'kind', given: kind},
            {field: 'status', given: status}, {field: 'cause', given: cause}, {field: 'region', given: region},
            {field: 'discharge_reason', given: discharge_reason}, {field: 'injury_type', given: injury_type},
            {field: 'therapist', given: therapist}, {field: 'office', given: office}
        ], recursive := true)
    FROM staged_visit
    SEMI JOIN read_visit USING (line, place)
    WHERE EXISTS (FROM odd WHERE list LIKE 'visit.%')
),
reading_field AS (
    SELECT
        line,
        place,
        reading,
        unnest([
            {field: 'what', given: what}, {field: 'kind', given: kind}, {field: 'moment', given: moment},
            {field: 'region', given: region}, {field: 'side', given: side}, {field: 'joint', given: joint},
            {field: 'movement', given: movement}, {field: 'motion_type', given: motion_type},
            {field: 'instrument', given: instrument}, {field: 'scale', given: scale}
        ], recursive := true)
    FROM staged_reading
    SEMI JOIN read_visit USING (line, place)
    WHERE EXISTS (FROM odd WHERE list LIKE 'reading.%')
),
found AS (
    SELECT 'visit.' || field AS list, * FROM visit_field
    UNION ALL
    SELECT 'reading.' || field, * FROM reading_field
),
sayable AS (
    SELECT list, name, min(rank) AS rank
    FROM (SELECT list, name, rank FROM known_value UNION ALL SELECT list, name, 0 FROM may_add)
    WHERE name IS NOT NULL
    GROUP BY list, name
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY list ORDER BY rank, name) AS position FROM sayable
),
words AS (
    SELECT
        list,
        string_agg(name, ', ' ORDER BY position) FILTER (position <= 12)
        || CASE WHEN count(*) > 12 THEN ' and ' || (count(*) - 12) || ' more' ELSE '' END AS names
    FROM counted
    GROUP BY list
)
SELECT
    f.line,
    f.place,
    f.reading,
    f.field,
    f.given AS value,
    CASE WHEN o.code IS NULL THEN 'refused' ELSE 'corrected' END AS fate,
    CASE
        WHEN o.code IS NOT NULL THEN bare(f.given) || ' is written ' || o.code || ' here.'
        WHEN w.names IS NULL THEN bare(f.given) || ' is not known; the list is empty.'
        ELSE bare(f.given) || ' is not known. Known are ' || w.names || '.'
    END AS reason,
    CASE
        WHEN f.field IN ('injury_type', 'therapist', 'office') THEN 'let the profile add it'
        ELSE 'say in the profile what it means'
    END AS remedy
FROM found AS f
INNER JOIN odd AS o USING (list, given)
LEFT JOIN words AS w USING (list);
