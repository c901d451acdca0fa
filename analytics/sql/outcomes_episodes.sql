-- The episodes an outcomes question is about: who, which type, how many visits, what their end is judged from, and the
-- episode's one pain series before treatment, first and latest visit measured. One row per episode.
-- Narrowed to episodes opened in the period.
WITH pain AS (
    SELECT
        client_id,
        episode_id,
        count(pain_before) AS pain_readings,
        arg_min(pain_before, visit_number) FILTER (WHERE pain_before IS NOT NULL) AS first_pain,
        arg_max(pain_before, visit_number) FILTER (WHERE pain_before IS NOT NULL) AS latest_pain
    FROM visible_visit_pain
    GROUP BY client_id, episode_id
)
SELECT
    e.episode_id,
    e.client_id,
    e.injury_type_id,
    e.injury_type,
    e.opened_on,
    e.on_hold,
    e.discharged_on,
    c.visits,
    c.first_visit_on,
    c.last_visit_on,
    c.last_booked_on,
    coalesce(p.pain_readings, 0) AS pain_readings,
    p.first_pain,
    p.latest_pain
FROM visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
INNER JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
LEFT JOIN pain AS p ON e.client_id = p.client_id AND e.episode_id = p.episode_id
ORDER BY e.episode_id;
