-- A visit that did not take place, or has not yet, has nothing that was read or done in it. Minutes beside it are the
-- length that was planned: booking systems write them down, and only kept visits are counted or charged. One row per visit.
SELECT
    v.line,
    v.place,
    0 AS reading,
    'status' AS field,
    s.status AS value,
    'refused' AS fate,
    CASE v.status WHEN 'booked' THEN 'a visit that is only booked' WHEN 'no_show' THEN 'a no-show' ELSE 'a late cancel' END
    || ' has no readings, techniques, red flags or entries, and some were given.' AS reason,
    'say that the visit was kept' AS remedy
FROM read_visit AS v
INNER JOIN staged_visit AS s USING (line, place)
WHERE
    v.status IN ('booked', 'no_show', 'late_cancel')
    AND (
        EXISTS (FROM read_reading AS r WHERE r.line = v.line AND r.place = v.place)
        OR EXISTS (FROM read_care AS c WHERE c.line = v.line AND c.place = v.place AND c.what <> 'call')
    );
