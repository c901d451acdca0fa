-- The body regions and sides one episode is about, the main complaint first. One row per region and side.
SELECT region, region_name, side
FROM visible_episode_region
WHERE client_id = $client_id AND episode_id = $episode_id
ORDER BY place;
