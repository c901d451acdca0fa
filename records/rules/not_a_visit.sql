-- Rows that sum up others: a word such as Total where the client stands, and no date of their own. One row per such line.
WITH words AS (
    SELECT line, place, 1 AS rank, 'client_ref' AS field, client_ref AS value FROM staged_visit
    UNION ALL
    SELECT line, place, 2, 'client_name', client_name FROM staged_visit
)
SELECT
    w.line,
    w.place,
    0 AS reading,
    arg_min(w.field, w.rank) AS field,
    arg_min(w.value, w.rank) AS value,
    'refused' AS fate,
    arg_min(bare(w.value), w.rank) || ' looks like a total over other rows, not like a visit.' AS reason,
    'take the row out' AS remedy
FROM words AS w
INNER JOIN staged_visit AS s USING (line, place)
LEFT JOIN field_name AS n ON n.place = w.place AND n.reading = 0 AND n.field = 'visited_on'
WHERE
    regexp_full_match(
        lower(bare(w.value)),
        '(person |client )?(grand |sub)?-?(total|totals|sum|average|averages|mean|median|count|summe|gesamt|mittelwert|moyenne|promedio|suma)( .*)?:?'
    )
    AND (s.visited_on IS NULL OR NOT n.given)
GROUP BY w.line, w.place;
