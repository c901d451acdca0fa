-- The pain to ask for without a visit: kind, region and side of the series the episode is judged by, or pain now of its
-- main complaint; region and side are NULL where not written down. One row.
SELECT kind, region, side
FROM visible_asked_pain
WHERE client_id = $client_id AND episode_id = $episode_id;
