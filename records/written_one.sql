-- One record as it is written down now, withdrawn or not. One row, or none that the viewer may see.
SELECT
    table_name, row_id, client_id, episode_id, session_id, ver, withdrawn, action_id, batch_id, record::VARCHAR AS record,
    acted_at, actor, what, reason
FROM visible_record
WHERE table_name = $table_name AND row_id = $row_id;
