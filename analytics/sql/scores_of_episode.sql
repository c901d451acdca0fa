-- Every score taken at a visit of one episode, with what its thresholds are chosen by; scores of one visit and item are
-- averaged. Item is an activity the client chose or a landmark on the limb; NULL where the scale has one score.
-- One row per scale, item, side and visit, oldest first.
SELECT
    s.scale,
    s.item,
    s.side,
    v.visit_number,
    v.visited_on,
    avg(s.value) AS value,
    p.region,
    e.chronicity
FROM visible_score AS s
INNER JOIN visible_visit AS v
    ON s.client_id = v.client_id AND s.episode_id = v.episode_id AND s.session_id = v.session_id
INNER JOIN visible_episode AS e ON s.client_id = e.client_id AND s.episode_id = e.episode_id
INNER JOIN visible_pain_course AS p ON s.client_id = p.client_id AND s.episode_id = p.episode_id
WHERE s.client_id = $client_id AND s.episode_id = $episode_id
GROUP BY ALL
ORDER BY s.scale, v.visit_number, s.item, s.side;
