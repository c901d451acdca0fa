-- What still counts although the record it hangs on was withdrawn. One row per record and problem. A session whose only
-- episode was withdrawn has no live part, and so is in no figure by episode; it is named here all the same.
SELECT 'stands although its client was withdrawn' AS problem, 'episode' AS table_name, e.episode_id AS row_id
FROM records.episode AS e
INNER JOIN records.client AS c ON e.client_id = c.client_id
WHERE c.withdrawn AND NOT e.withdrawn
UNION ALL
SELECT 'stands although its session was withdrawn', 'session_part', p.session_id
FROM records.session_part AS p
INNER JOIN records.session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
WHERE s.withdrawn AND NOT p.withdrawn
UNION ALL
SELECT 'stands although its episode was withdrawn', 'session_part', p.session_id
FROM records.session_part AS p
INNER JOIN records.episode AS e ON p.client_id = e.client_id AND p.episode_id = e.episode_id
WHERE e.withdrawn AND NOT p.withdrawn
UNION ALL
SELECT 'session of which no part stands', 'session', s.session_id
FROM records.session AS s
INNER JOIN records.session_part AS p ON s.client_id = p.client_id AND s.session_id = p.session_id
WHERE NOT s.withdrawn
GROUP BY s.session_id
HAVING bool_and(p.withdrawn)
UNION ALL
SELECT 'stands although its session part was withdrawn', r.table_name, r.row_id
FROM (
    SELECT 'rating' AS table_name, rating_id AS row_id, client_id, session_id, episode_id
    FROM records.rating WHERE NOT withdrawn
    UNION ALL
    SELECT 'motion', motion_id, client_id, session_id, episode_id FROM records.motion WHERE NOT withdrawn
    UNION ALL
    SELECT 'score', score_id, client_id, session_id, episode_id FROM records.score WHERE NOT withdrawn
) AS r
INNER JOIN records.session_part AS p
    ON r.client_id = p.client_id AND r.session_id = p.session_id AND r.episode_id = p.episode_id
WHERE p.withdrawn;
