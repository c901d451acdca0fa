-- The techniques took longer than the visit. One row per part.
SELECT
    r.line,
    'The techniques add up to ' || sum(c.minutes) || ' minutes, and the visit had ' || r.minutes || '?' AS words,
    '' AS about
FROM read_visit AS r
INNER JOIN read_care AS c ON r.line = c.line AND c.what = 'technique'
WHERE r.minutes IS NOT NULL
GROUP BY r.line, r.minutes
HAVING sum(c.minutes) > r.minutes;
