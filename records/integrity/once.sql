-- Ids that stand twice. One row per id.
SELECT 'id stands more than once' AS problem, table_name, row_id
FROM (
    SELECT 'client' AS table_name, client_id AS row_id FROM records.client
    UNION ALL
    SELECT 'episode', episode_id FROM records.episode
    UNION ALL
    SELECT 'session', session_id FROM records.session
    UNION ALL
    SELECT 'rating', rating_id FROM records.rating
    UNION ALL
    SELECT 'motion', motion_id FROM records.motion
    UNION ALL
    SELECT 'score', score_id FROM records.score
)
GROUP BY table_name, row_id
HAVING count(*) > 1
UNION ALL
SELECT 'two parts of one session for one episode', 'session_part', session_id
FROM records.session_part
GROUP BY session_id, episode_id
HAVING count(*) > 1;
