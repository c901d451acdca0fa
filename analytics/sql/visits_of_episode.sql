-- Everything booked, kept, missed or asked by phone in one episode, oldest first. One row per session.
-- Pain is that of the episode's one series (kind, region and side rated first); NULL means not asked, never 0. Pain
-- between visits is of the same region and side (of any, in an episode that has contacts only): the average where it
-- was asked, else now, never a mixture of kinds.
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
    p.flare_marked,
    p.note,
    t.name AS therapist
FROM visible_session_part AS p
INNER JOIN visible_session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
LEFT JOIN visible_visit_pain AS v
    ON p.client_id = v.client_id AND p.episode_id = v.episode_id AND p.session_id = v.session_id
LEFT JOIN (
    SELECT
        r.session_id,
        coalesce(avg(r.pain) FILTER (r.kind = 'average'), avg(r.pain) FILTER (r.kind = 'now'))::DOUBLE AS pain_between
    FROM visible_rating AS r
    LEFT JOIN visible_pain_series AS m ON r.client_id = m.client_id AND r.episode_id = m.episode_id
    WHERE r.client_id = $client_id AND r.episode_id = $episode_id AND r.moment = 'between'
        AND (
            m.episode_id IS NULL
            OR (r.region IS NOT DISTINCT FROM m.region AND r.side IS NOT DISTINCT FROM m.side)
        )
    GROUP BY r.session_id
) AS b ON p.session_id = b.session_id
LEFT JOIN visible_therapist_ever AS t ON s.therapist_id = t.therapist_id
WHERE p.client_id = $client_id AND p.episode_id = $episode_id
ORDER BY p.visited_on, s.start_time NULLS FIRST, p.session_id;
