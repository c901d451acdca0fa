-- Pain before and after treatment by visit number, over the episodes chosen. One row per visit number.
-- Later visits describe only those still coming: n falls with every row.
SELECT
    v.visit_number,
    count(v.pain_before) AS n_before,
    avg(v.pain_before) AS mean_before,
    stddev_samp(v.pain_before) AS sd_before,
    count(v.pain_after) AS n_after,
    avg(v.pain_after) AS mean_after
FROM visible_visit_pain AS v
INNER JOIN visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
    ON v.client_id = e.client_id AND v.episode_id = e.episode_id
GROUP BY v.visit_number
ORDER BY v.visit_number;
