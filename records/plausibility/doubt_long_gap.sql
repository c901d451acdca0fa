-- The last visit is longer ago than the practice's gap rule allows for one episode. One row per part.
SELECT
    s.line,
    'The same episode? The last visit was ' || (r.visited_on - max(v.visited_on)) || ' days ago, on '
    || strftime(max(v.visited_on), '%-d %b %Y') || '; after more than ' || any_value(p.closed_after_days)
    || ' days a new episode begins.' AS words,
    '' AS about
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN live.visit AS v ON s.client_id = v.client_id AND s.episode_id = v.episode_id
CROSS JOIN records.practice AS p
WHERE r.kind <> 'contact' AND r.status = 'kept' AND v.visited_on <= r.visited_on
    AND v.session_id IS DISTINCT FROM s.booking_id
GROUP BY s.line, r.visited_on
HAVING r.visited_on - max(v.visited_on) > any_value(p.closed_after_days);
