-- Dates and times that cannot be read, and dates that cannot be. One row per problem.
WITH day AS (
    SELECT
        r.line,
        r.place,
        r.birth_date,
        unnest([
            {field: 'birth_date', given: s.birth_date, day: r.birth_date, past: true},
            {field: 'onset_on', given: s.onset_on, day: r.onset_on, past: true},
            {field: 'opened_on', given: s.opened_on, day: r.opened_on, past: true},
            {field: 'discharged_on', given: s.discharged_on, day: r.discharged_on, past: true},
            {field: 'ordered_on', given: s.ordered_on, day: r.ordered_on, past: true},
            {field: 'order_expires_on', given: s.order_expires_on, day: r.order_expires_on, past: false},
            {field: 'visited_on', given: s.visited_on, day: r.visited_on, past: r.status IS NULL OR r.status NOT IN ('booked', 'late_cancel')}
        ], recursive := true)
    FROM read_visit AS r
    INNER JOIN staged_visit AS s USING (line, place)
    -- Only lines with a doubtful or a rare date are taken apart.
    WHERE
        r.visited_on IS NULL
        OR r.visited_on NOT BETWEEN DATE '1900-01-01' AND getvariable('rules_today')
        OR r.visited_on < r.birth_date
        OR (s.birth_date IS NOT NULL AND coalesce(r.birth_date NOT BETWEEN DATE '1890-01-01' AND getvariable('rules_today'), true))
        OR coalesce(s.onset_on, s.opened_on, s.discharged_on, s.ordered_on, s.order_expires_on) IS NOT NULL
),
every_day AS (
    SELECT line, place, 0 AS reading, field, given, day, past, birth_date FROM day
    UNION ALL
    SELECT r.line, r.place, r.reading, 'taken_on', s.taken_on, r.taken_on, true, v.birth_date
    FROM read_reading AS r
    INNER JOIN staged_reading AS s USING (line, place, reading)
    INNER JOIN read_visit AS v USING (line, place)
    WHERE s.taken_on IS NOT NULL
)
SELECT
    line,
    place,
    reading,
    field,
    given AS value,
    'refused' AS fate,
    CASE
        WHEN day IS NULL
            THEN bare(given) || ' is no date. Right is a day that exists, written as '
                || getvariable('rules_date_words') || '.'
        WHEN day > getvariable('rules_today')
            THEN bare(given) || ' is in the future (today is ' || getvariable('rules_today') || ').'
        WHEN field = 'birth_date'
            THEN bare(given) || ' is before 1890.'
        WHEN day < DATE '1900-01-01'
            THEN bare(given) || ' is before 1900.'
        ELSE bare(given) || ' is before the client was born (' || birth_date || ').'
    END AS reason,
    CASE WHEN field NOT IN ('visited_on', 'taken_on') THEN 'leave the cell empty if it is not known' END AS remedy
FROM every_day
WHERE
    given IS NOT NULL
    AND (
        day IS NULL
        OR (past AND day > getvariable('rules_today'))
        OR day < CASE WHEN field = 'birth_date' THEN DATE '1890-01-01' ELSE DATE '1900-01-01' END
        OR (field <> 'birth_date' AND day < birth_date)
    )
UNION ALL
SELECT
    r.line, r.place, 0, 'start_time', s.start_time, 'refused',
    bare(s.start_time) || ' is no time of day. Right is hh:mm, for example 14:30.',
    'leave the cell empty if it is not known'
FROM read_visit AS r
INNER JOIN staged_visit AS s USING (line, place)
WHERE s.start_time IS NOT NULL AND r.start_time IS NULL;
