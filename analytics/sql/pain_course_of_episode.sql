-- What one episode's pain is judged by: start and now of its one series, before treatment. One row.
-- NULL is not measured. recent_pain is the mean of up to the last three ratings after the start.
SELECT p.*, e.chronicity, c.visits
FROM visible_pain_course AS p
INNER JOIN visible_episode AS e ON p.client_id = e.client_id AND p.episode_id = e.episode_id
INNER JOIN visible_episode_course AS c ON p.client_id = c.client_id AND p.episode_id = c.episode_id
WHERE p.client_id = $client_id AND p.episode_id = $episode_id;
