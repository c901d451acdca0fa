-- What each withdrawn record of a client was withdrawn with. One row per record.
SELECT table_name, row_id, with_table, with_row_id
FROM visible_withdrawn
WHERE client_id = $client_id
ORDER BY row_id;
