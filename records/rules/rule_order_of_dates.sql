-- Dates that contradict each other: an end before its start. One row per pair.
WITH pair AS (
    SELECT
        r.line,
        r.place,
        unnest([
            {field: 'discharged_on', given: s.discharged_on, earlier: r.opened_on, later: r.discharged_on,
                words: 'the day the episode opened'},
            {field: 'discharged_on', given: s.discharged_on, earlier: r.onset_on, later: r.discharged_on,
                words: 'the onset'},
            {field: 'visited_on', given: s.visited_on, earlier: r.opened_on, later: r.visited_on,
                words: 'the day the episode opened'},
            {field: 'order_expires_on', given: s.order_expires_on, earlier: r.ordered_on, later: r.order_expires_on,
                words: 'the day of the order'}
        ], recursive := true)
    FROM read_visit AS r
    INNER JOIN staged_visit AS s USING (line, place)
    WHERE coalesce(s.opened_on, s.discharged_on, s.ordered_on) IS NOT NULL
)
SELECT
    line,
    place,
    0 AS reading,
    field,
    given AS value,
    'refused' AS fate,
    bare(given) || ' is before ' || words || ' (' || earlier || ').' AS reason,
    NULL AS remedy
FROM pair
WHERE later < earlier;
