-- Minutes, home exercises, visits ordered, repeats: whole numbers within their bounds. One row per value.
WITH number AS (
    SELECT
        r.line,
        r.place,
        0 AS reading,
        unnest([
            {field: 'minutes', given: s.minutes, number: r.minutes, lowest: 0, highest: 480},
            {field: 'home_done', given: s.home_done, number: r.home_done, lowest: 0, highest: 1000},
            {field: 'home_prescribed', given: s.home_prescribed, number: r.home_prescribed, lowest: 0, highest: 1000},
            {field: 'visits_ordered', given: s.visits_ordered, number: r.visits_ordered, lowest: 1, highest: 400}
        ], recursive := true)
    FROM read_visit AS r
    INNER JOIN staged_visit AS s USING (line, place)
    WHERE coalesce(s.minutes, s.home_done, s.home_prescribed, s.visits_ordered) IS NOT NULL
    UNION ALL
    SELECT r.line, r.place, r.reading, 'repeat', s.repeat, r.repeat, 1, 99
    FROM read_reading AS r
    INNER JOIN staged_reading AS s USING (line, place, reading)
    WHERE s.repeat IS NOT NULL
)
SELECT
    line,
    place,
    reading,
    field,
    given AS value,
    'refused' AS fate,
    CASE
        WHEN number IS NULL
            THEN bare(given) || ' is not a whole number. Right is ' || lowest || ' to ' || highest || '.'
        ELSE bare(given) || ' is outside ' || lowest || ' to ' || highest || '.'
    END AS reason,
    'leave the cell empty if it is not known' AS remedy
FROM number
WHERE given IS NOT NULL AND (number IS NULL OR number NOT BETWEEN lowest AND highest);
