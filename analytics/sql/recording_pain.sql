-- The last pain of each series before and after treatment in one episode: what the form offers beside its numbers.
-- NULL was not asked. One row per kind, region and side rated at a visit.
SELECT
    r.kind,
    r.region,
    r.side,
    arg_max(r.pain, v.visit_number) FILTER (r.moment = 'before')::DOUBLE AS last_before,
    arg_max(r.pain, v.visit_number) FILTER (r.moment = 'after')::DOUBLE AS last_after,
    arg_max(r.pain, v.visit_number) FILTER (r.moment = 'between')::DOUBLE AS last_between,
    max(v.visited_on) AS last_on,
    max(v.visit_number) AS last_visit
FROM visible_rating AS r
INNER JOIN visible_visit AS v
    ON r.client_id = v.client_id AND r.episode_id = v.episode_id AND r.session_id = v.session_id
WHERE r.client_id = $client_id AND r.episode_id = $episode_id
GROUP BY ALL
ORDER BY r.kind, r.region, r.side;
