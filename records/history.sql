-- Every version of one record, oldest first, with the action that wrote the version before. One row per audit line.
SELECT
    ver, acted_at, actor, what, reason, before::VARCHAR AS before, after::VARCHAR AS after,
    before_at, before_actor, before_what, before_reason
FROM visible_history
WHERE table_name = $table_name AND row_id = $row_id
ORDER BY seq;
