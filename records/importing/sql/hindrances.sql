-- What stands in the way of taking a batch back: records added onto its clients, episodes or sessions by hand or by
-- another batch, and records of it that were changed since. One row per kind of record.
WITH record AS (
    SELECT 'episode' AS table_name, client_id, NULL AS episode_id, NULL AS session_id, batch_id, action_id
    FROM records.episode WHERE NOT withdrawn
    UNION ALL
    SELECT 'session', client_id, NULL, NULL, batch_id, action_id FROM records.session WHERE NOT withdrawn
    UNION ALL
    SELECT 'session_part', client_id, episode_id, session_id, batch_id, action_id
    FROM records.session_part WHERE NOT withdrawn
    UNION ALL
    SELECT 'rating', client_id, episode_id, session_id, batch_id, action_id FROM records.rating WHERE NOT withdrawn
    UNION ALL
    SELECT 'motion', client_id, episode_id, session_id, batch_id, action_id FROM records.motion WHERE NOT withdrawn
    UNION ALL
    SELECT 'score', client_id, episode_id, session_id, batch_id, action_id FROM records.score WHERE NOT withdrawn
    UNION ALL
    SELECT 'technique_use', client_id, episode_id, session_id, batch_id, action_id
    FROM records.technique_use WHERE NOT withdrawn
    UNION ALL
    SELECT 'red_flag_found', client_id, episode_id, session_id, batch_id, action_id
    FROM records.red_flag_found WHERE NOT withdrawn
    UNION ALL
    SELECT 'call_made', client_id, episode_id, session_id, batch_id, action_id FROM records.call_made WHERE NOT withdrawn
    UNION ALL
    SELECT 'episode_region', client_id, episode_id, NULL, batch_id, action_id
    FROM records.episode_region WHERE NOT withdrawn
    UNION ALL
    SELECT 'goal', client_id, episode_id, NULL, batch_id, action_id FROM records.goal WHERE NOT withdrawn
    UNION ALL
    SELECT 'dated_entry', client_id, episode_id, NULL, batch_id, action_id FROM records.dated_entry WHERE NOT withdrawn
    UNION ALL
    SELECT 'referral', client_id, episode_id, NULL, batch_id, action_id FROM records.referral WHERE NOT withdrawn
    UNION ALL
    SELECT 'report', client_id, episode_id, NULL, NULL, action_id FROM records.report WHERE NOT withdrawn
    UNION ALL
    SELECT 'client', client_id, NULL, NULL, batch_id, action_id FROM records.client WHERE NOT withdrawn
),
batch AS (SELECT batch_id, action_id FROM records.import_batch WHERE batch_id = $batch_id)
SELECT
    r.table_name,
    count(*) FILTER (r.batch_id IS NOT DISTINCT FROM b.batch_id) AS changed,
    count(*) FILTER (r.batch_id IS DISTINCT FROM b.batch_id) AS added
FROM record AS r
CROSS JOIN batch AS b
WHERE
    (r.batch_id = b.batch_id AND r.action_id <> b.action_id)
    OR (
        r.batch_id IS DISTINCT FROM b.batch_id
        AND (
            r.client_id IN (SELECT client_id FROM records.client WHERE batch_id = $batch_id)
            OR r.episode_id IN (SELECT episode_id FROM records.episode WHERE batch_id = $batch_id)
            OR r.session_id IN (SELECT session_id FROM records.session WHERE batch_id = $batch_id)
        )
    )
GROUP BY r.table_name
ORDER BY r.table_name;
