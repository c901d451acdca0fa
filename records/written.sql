-- Records of one client as they are written down now, withdrawn ones included. One row per record.
SELECT
    table_name, row_id, client_id, episode_id, session_id, ver, withdrawn, action_id, batch_id, record::VARCHAR AS record,
    acted_at, actor, what, reason
FROM visible_record
WHERE client_id = $client_id
ORDER BY row_id;
