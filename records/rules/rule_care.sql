-- Techniques, red flags, calls and dated entries: what each needs, and its bounds. One row per problem.
WITH care AS (
    SELECT r.*, s.code AS code_given, s.region AS region_given, s.minutes AS minutes_given, s.called_at AS call_given
    FROM read_care AS r
    INNER JOIN staged_care AS s USING (line, place, reading)
),
listed AS (
    SELECT list, string_agg(DISTINCT name, ', ') AS names FROM known_value GROUP BY list
)
SELECT
    c.line, c.place, c.reading, 'code' AS field, c.code_given AS value, 'refused' AS fate,
    CASE
        WHEN c.code_given IS NULL THEN 'it is not said which ' || replace(c.what, '_', ' ') || '.'
        ELSE bare(c.code_given) || ' is not known. Known are ' || l.names || '.'
    END AS reason,
    'take the line out' AS remedy
FROM care AS c
INNER JOIN listed AS l ON l.list = 'care.' || c.what
WHERE c.what <> 'call' AND c.code IS NULL
UNION ALL
SELECT line, place, reading, 'region', region_given, 'refused', bare(region_given) || ' is not a known region.', 'leave it open'
FROM care
WHERE region_given IS NOT NULL AND region IS NULL
UNION ALL
SELECT
    line, place, reading, 'minutes', minutes_given, 'refused',
    bare(minutes_given) || CASE WHEN minutes IS NULL THEN ' is not a whole number.' ELSE ' is outside 0 to 480.' END
        || ' Right is 0 to 480 minutes.',
    'leave the minutes empty if they are not known'
FROM care
WHERE minutes_given IS NOT NULL AND (minutes IS NULL OR minutes NOT BETWEEN 0 AND 480)
UNION ALL
SELECT
    line, place, reading, 'words', NULL, 'refused',
    CASE what WHEN 'call' THEN 'it is not said what the call was about.' ELSE 'the words are missing.' END,
    'take the line out'
FROM care
WHERE what IN ('call', 'entry') AND coalesce(words, '') = ''
UNION ALL
SELECT line, place, reading, 'whom', NULL, 'refused', 'it is not said who was called.', 'take the line out'
FROM care
WHERE what = 'call' AND coalesce(whom, '') = ''
UNION ALL
SELECT
    line, place, reading, 'called_at', call_given, 'refused',
    CASE
        WHEN call_given IS NULL THEN 'it is not said when the call was made.'
        WHEN called_at IS NULL
            THEN bare(call_given) || ' is no day with a time. Right is, for example, 2026-03-04 14:30.'
        ELSE bare(call_given) || ' is in the future (today is ' || getvariable('rules_today') || ').'
    END,
    NULL
FROM care
WHERE what = 'call' AND (called_at IS NULL OR called_at::DATE > getvariable('rules_today'));
