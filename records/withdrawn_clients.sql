-- Clients whom somebody withdrew and whose name holds every word searched for (all when there is none), in any order, accents
-- and capitals aside; the last withdrawn first. Who was found to be another is not among them. One row per client.
SELECT row_id AS client_id
FROM visible_withdrawn
WHERE
    table_name = 'client'
    AND what = 'withdraw'
    AND list_bool_and(
        list_transform(
            string_split(lower(strip_accents(trim($words))), ' '),
            lambda word: contains(lower(strip_accents(record ->> 'name')), word)
        )
    )
ORDER BY acted_at DESC, row_id DESC;
