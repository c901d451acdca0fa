-- Techniques at each visit of one episode. One row per visit and technique; NULL minutes were not noted.
SELECT v.visit_number, u.technique_name AS technique, sum(u.minutes) AS minutes
FROM visible_technique_use AS u
INNER JOIN visible_visit AS v
    ON u.client_id = v.client_id AND u.episode_id = v.episode_id AND u.session_id = v.session_id
WHERE u.client_id = $client_id AND u.episode_id = $episode_id
GROUP BY ALL
ORDER BY v.visit_number, technique;
