-- Who one client is. One row, or none when this viewer may not see them.
SELECT client_id, name, birth_date, sex, guardian
FROM visible_client
WHERE client_id = $client_id;
