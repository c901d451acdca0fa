-- The dates each episode's status is judged from, whatever the period; is_first marks a client's first episode ever
-- (of all causes and types), which makes the client new. One row per episode with at least one visit.
WITH first_episode AS (
    SELECT client_id, arg_min(episode_id, (first_visit_on, episode_id)) AS episode_id
    FROM visible_episode_course
    WHERE visits > 0
    GROUP BY client_id
)
SELECT
    e.episode_id,
    e.client_id,
    e.on_hold,
    e.discharged_on,
    c.visits,
    c.first_visit_on,
    c.last_visit_on,
    c.last_booked_on,
    f.episode_id IS NOT NULL AS is_first
FROM visible_chosen_episode(NULL, NULL, $therapist_id, $office_id, $injury_type_id, $cause) AS e
INNER JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
LEFT JOIN first_episode AS f ON e.client_id = f.client_id AND e.episode_id = f.episode_id
WHERE c.visits > 0
ORDER BY e.episode_id;
