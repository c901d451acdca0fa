-- The clients seen or heard from last, most recent first: at most twenty. One row per client; never the whole list.
-- Contacts count here: a practice may hold clients of whom it has nothing else.
SELECT c.client_id, c.name, c.birth_date, max(s.visited_on) AS last_seen_on
FROM visible_client AS c
INNER JOIN visible_session AS s ON c.client_id = s.client_id
WHERE s.status = 'kept' AND s.visited_on <= $today
GROUP BY ALL
ORDER BY last_seen_on DESC, c.name
LIMIT 20;
