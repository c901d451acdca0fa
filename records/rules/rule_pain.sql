-- Pain is 0 to 10 in half steps. One row per rating that is not.
SELECT
    r.line,
    r.place,
    r.reading,
    'value' AS field,
    s.value,
    CASE WHEN r.number BETWEEN 0 AND 10 AND r.value * 2 = floor(r.value * 2) THEN 'corrected' ELSE 'refused' END AS fate,
    CASE
        WHEN r.number IS NULL
            THEN bare(s.value) || ' is not a number (decimal mark "' || getvariable('rules_decimal')
                || '"). Right is 0 to 10, halves allowed.'
        WHEN r.number NOT BETWEEN 0 AND 10 THEN bare(s.value) || ' is outside 0 to 10.'
        WHEN r.value * 2 = floor(r.value * 2) THEN bare(s.value) || ' was rounded to ' || plain(r.value) || '.'
        ELSE bare(s.value) || ' lies between two half steps. Right is 0, 0.5, 1 ... 10.'
    END AS reason,
    'leave the cell empty if pain was not asked' AS remedy
FROM read_reading AS r
INNER JOIN staged_reading AS s USING (line, place, reading)
WHERE r.what = 'pain' AND (r.number IS NULL OR r.number NOT BETWEEN 0 AND 10 OR r.number * 2 <> floor(r.number * 2));
