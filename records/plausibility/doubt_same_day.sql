-- A visit of the same client on the same day stands already. One row for the session, asked with its first part.
SELECT
    s.line,
    'Another visit on ' || strftime(r.visited_on, '%-d %b %Y') || '? One is recorded already'
    || coalesce(' at ' || left(min(k.start_time)::VARCHAR, 5), '') || '.' AS words,
    '' AS about
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN live.session AS k ON s.client_id = k.client_id AND r.visited_on = k.visited_on
WHERE
    s.line = 1 AND r.kind <> 'contact' AND k.kind <> 'contact' AND k.status = r.status
    AND k.session_id IS DISTINCT FROM s.booking_id
GROUP BY s.line, r.visited_on;
