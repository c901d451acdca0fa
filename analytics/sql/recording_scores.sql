-- The last score of each scale, item and side in one episode. One row per scale, item and side.
SELECT
    scale,
    item,
    side,
    arg_max(value, scored_on) AS last_value,
    max(scored_on) AS last_on
FROM visible_score
WHERE client_id = $client_id AND episode_id = $episode_id
GROUP BY ALL
ORDER BY scale, item, side;
