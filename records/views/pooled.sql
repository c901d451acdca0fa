-- Facts about everyone, without ids, for comparison: only for a viewer with the right to pooled facts, and only where
-- at least pooled_minimum clients stand behind a row. A row under the minimum is absent, not rounded.
CREATE OR REPLACE VIEW pooled_pain_by_visit AS
SELECT
    e.injury_type_id,
    e.injury_type,
    v.visit_number,
    count(DISTINCT v.client_id) AS clients,
    avg(v.pain_before) AS mean_before,
    quantile_cont(v.pain_before, 0.1) AS tenth_before,
    quantile_cont(v.pain_before, 0.5) AS median_before,
    quantile_cont(v.pain_before, 0.9) AS ninetieth_before
FROM live.visit_pain AS v
INNER JOIN live.episode AS e ON v.client_id = e.client_id AND v.episode_id = e.episode_id
WHERE getvariable('viewer_pooled') AND v.pain_before IS NOT NULL
GROUP BY ALL
HAVING count(DISTINCT v.client_id) >= getvariable('pooled_minimum');
