-- What was last said of medication, work and daily life in one episode. One row per kind of entry.
SELECT kind, arg_max(words, (entered_on, entry_id)) AS words, max(entered_on) AS entered_on
FROM visible_dated_entry
WHERE client_id = $client_id AND episode_id = $episode_id
GROUP BY kind
ORDER BY kind;
