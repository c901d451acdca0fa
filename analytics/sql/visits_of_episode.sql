-- Everything booked, kept, missed or asked by phone in one episode, oldest first. One row per session.
-- Pain is that of the episode's one series (kind, region and side rated first); NULL means not asked, never 0.
-- visit_number is NULL for no-shows, late cancels, bookings and contacts: they are not visits.
SELECT
    p.session_id,
    p.visited_on,
    s.kind,
    s.status,
    v.visit_number,
    v.pain_before,
    v.pain_after,
    b.pain_between,
    p.minutes,
    p.home_done AS exercise_done,
    p.home_prescribed AS exercise_prescribed,
    p.adverse_reaction,
    p.note,
    t.name AS therapist
FROM visible_session_part AS p
INNER JOIN visible_session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
LEFT JOIN visible_visit_pain AS v
    ON p.client_id = v.client_id AND p.episode_id = v.episode_id AND p.session_id = v.session_id
LEFT JOIN (
    SELECT session_id, avg(pain)::DOUBLE AS pain_between
    FROM visible_rating
    WHERE client_id = $client_id AND episode_id = $episode_id AND moment = 'between' AND kind IN ('now', 'average')
    GROUP BY session_id
) AS b ON p.session_id = b.session_id
LEFT JOIN visible_therapist AS t ON s.therapist_id = t.therapist_id
WHERE p.client_id = $client_id AND p.episode_id = $episode_id
ORDER BY p.visited_on, s.start_time NULLS FIRST, p.session_id;
