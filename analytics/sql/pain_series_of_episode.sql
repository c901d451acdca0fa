-- Pain before and after each visit for every series rated in one episode (a series is one kind, region and side).
-- One row per series and visit on which it was rated; is_main marks the series the episode is judged by.
SELECT
    r.kind,
    r.region,
    r.side,
    v.visit_number,
    v.visited_on,
    avg(r.pain) FILTER (WHERE r.moment = 'before')::DOUBLE AS pain_before,
    avg(r.pain) FILTER (WHERE r.moment = 'after')::DOUBLE AS pain_after,
    bool_or(m.episode_id IS NOT NULL) AS is_main
FROM visible_rating AS r
INNER JOIN visible_visit AS v
    ON r.client_id = v.client_id AND r.episode_id = v.episode_id AND r.session_id = v.session_id
LEFT JOIN visible_pain_series AS m
    ON r.client_id = m.client_id AND r.episode_id = m.episode_id AND r.kind = m.kind
    AND r.region IS NOT DISTINCT FROM m.region AND r.side IS NOT DISTINCT FROM m.side
WHERE r.client_id = $client_id AND r.episode_id = $episode_id AND r.moment IN ('before', 'after')
GROUP BY ALL
ORDER BY is_main DESC, r.kind, r.region, r.side, v.visit_number;
