-- The episodes an outcomes question is about: who, which type, how many visits, what their end is judged from, and what
-- their pain is judged by: start and now of the episode's one series before treatment. One row per episode.
-- Narrowed to episodes opened in the period.
SELECT
    e.episode_id,
    e.client_id,
    e.injury_type_id,
    e.injury_type,
    e.cause,
    e.cause_name,
    e.chronicity,
    e.opened_on,
    e.on_hold,
    e.discharged_on,
    c.visits,
    c.first_visit_on,
    c.last_visit_on,
    c.last_booked_on,
    p.region,
    p.readings AS pain_readings,
    p.first_pain,
    p.first_ratings,
    p.first_on,
    p.latest_pain,
    p.latest_on
FROM visible_chosen_episode($since, $until, $therapist_id, $office_id, $injury_type_id, $cause) AS e
INNER JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
INNER JOIN visible_pain_course AS p ON e.client_id = p.client_id AND e.episode_id = p.episode_id
ORDER BY e.episode_id;
