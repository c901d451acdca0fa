-- Clients whom somebody withdrew, the last first; who was found to be another is not among them. One row per client.
SELECT client_id
FROM visible_withdrawn
WHERE table_name = 'client' AND what = 'withdraw'
ORDER BY acted_at DESC, row_id DESC
LIMIT 50;
