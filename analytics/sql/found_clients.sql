-- Clients whose name holds every word searched for, in any order, accents and capitals aside: at most twenty.
-- One row per client.
SELECT client_id, name, birth_date
FROM visible_client
WHERE list_bool_and(
    list_transform(
        string_split(lower(strip_accents(trim($words))), ' '),
        lambda word: contains(lower(strip_accents(name)), word)
    )
)
ORDER BY name, birth_date
LIMIT 20;
