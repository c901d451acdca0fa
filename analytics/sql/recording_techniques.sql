-- The techniques of the last visit at which any was written down in one episode. One row per technique and region.
SELECT t.technique, t.technique_name, t.region, t.minutes, v.visited_on
FROM visible_technique_use AS t
INNER JOIN visible_visit AS v
    ON t.client_id = v.client_id AND t.episode_id = v.episode_id AND t.session_id = v.session_id
WHERE t.client_id = $client_id AND t.episode_id = $episode_id
QUALIFY v.visit_number = max(v.visit_number) OVER ()
ORDER BY t.minutes DESC NULLS LAST, t.technique;
