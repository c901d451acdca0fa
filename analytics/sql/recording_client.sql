-- What the form says of a client before it asks anything. One row, or none when this viewer may not see them.
SELECT client_id, name, birth_date, sex, guardian, phone, language, draping_preference, pressure_preference
FROM visible_client
WHERE client_id = $client_id;
