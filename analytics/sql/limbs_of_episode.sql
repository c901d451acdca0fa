-- Limb circumferences of one episode, in cm; two tapings of one landmark at one visit are averaged.
-- One row per visit, side and landmark. Tapings whose side or landmark was not written down compare with nothing.
SELECT v.visit_number, v.visited_on, s.side, s.item AS landmark, avg(s.value) AS girth_cm
FROM visible_score AS s
INNER JOIN visible_visit AS v
    ON s.client_id = v.client_id AND s.episode_id = v.episode_id AND s.session_id = v.session_id
WHERE s.client_id = $client_id AND s.episode_id = $episode_id AND s.scale = 'limb_girth'
    AND s.side IS NOT NULL AND s.item IS NOT NULL
GROUP BY ALL
ORDER BY v.visit_number, s.side, s.item;
