-- A visit before the complaint began. One row per part.
SELECT
    s.line,
    strftime(r.visited_on, '%-d %b %Y') || '? The complaint began on ' || strftime(e.onset_on, '%-d %b %Y') || '.' AS words,
    '' AS about
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN live.episode AS e ON s.client_id = e.client_id AND s.episode_id = e.episode_id
WHERE r.visited_on < e.onset_on AND r.kind <> 'contact';
