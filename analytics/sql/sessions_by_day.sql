-- Kept sessions, no-shows and late cancels of each day. A session is counted once even when it serves two episodes;
-- contacts and bookings are not sessions. One row per day with any; a session is chosen when one of its episodes is,
-- and by the therapist and office of the session itself.
SELECT
    s.visited_on,
    count(*) FILTER (WHERE s.status = 'kept') AS sessions,
    count(*) FILTER (WHERE s.status = 'no_show') AS no_shows,
    count(*) FILTER (WHERE s.status = 'late_cancel') AS late_cancels
FROM visible_session AS s
WHERE s.kind <> 'contact' AND s.status <> 'booked'
    AND ($since::DATE IS NULL OR s.visited_on >= $since::DATE)
    AND ($until::DATE IS NULL OR s.visited_on <= $until::DATE)
    AND ($therapist_id::BIGINT IS NULL OR s.therapist_id = $therapist_id::BIGINT)
    AND ($office_id::BIGINT IS NULL OR s.office_id = $office_id::BIGINT)
    AND (
        ($injury_type_id::BIGINT IS NULL AND $cause::VARCHAR IS NULL)
        OR s.session_id IN (
            SELECT p.session_id
            FROM visible_session_part AS p
            INNER JOIN visible_chosen_episode(NULL, NULL, NULL, NULL, $injury_type_id, $cause) AS e
                ON p.client_id = e.client_id AND p.episode_id = e.episode_id
        )
    )
GROUP BY s.visited_on
ORDER BY s.visited_on;
