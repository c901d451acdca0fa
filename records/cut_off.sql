-- What an action brought back although the record it hangs on is withdrawn: that record, in words and by its number, the
-- nearest to the client first, with what to do. One row at most; none when all is well.
WITH back AS (
    SELECT client_id, NULL::BIGINT AS episode_id, NULL::BIGINT AS session_id
    FROM records.episode WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, NULL, session_id FROM records.session WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, NULL FROM records.episode_region WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, NULL FROM records.goal WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, NULL FROM records.dated_entry WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, NULL FROM records.referral WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.call_made WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.session_part WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.technique_use WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.red_flag_found WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.warning_overruled WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.rating WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.motion WHERE action_id = $action_id AND NOT withdrawn
    UNION ALL
    SELECT client_id, episode_id, session_id FROM records.score WHERE action_id = $action_id AND NOT withdrawn
),
missing AS (
    SELECT 1 AS rank, 'client' AS what, c.client_id AS row_id
    FROM back AS b
    INNER JOIN records.client AS c ON b.client_id = c.client_id
    WHERE c.withdrawn
    UNION ALL
    SELECT 2, 'episode', e.episode_id
    FROM back AS b
    INNER JOIN records.episode AS e ON b.episode_id = e.episode_id
    WHERE e.withdrawn
    UNION ALL
    SELECT 3, 'visit', s.session_id
    FROM back AS b
    INNER JOIN records.session AS s ON b.session_id = s.session_id
    WHERE s.withdrawn
    UNION ALL
    SELECT 4, 'part of the visit', p.session_part_id
    FROM back AS b
    INNER JOIN records.session_part AS p ON b.session_id = p.session_id AND b.episode_id = p.episode_id
    WHERE p.withdrawn
    UNION ALL
    -- A visit of which no part stands.
    SELECT 4, 'part of the visit', min(p.session_part_id)
    FROM back AS b
    INNER JOIN records.session_part AS p ON b.session_id = p.session_id
    WHERE b.episode_id IS NULL
    GROUP BY p.session_id
    HAVING bool_and(p.withdrawn)
    UNION ALL
    SELECT 5, 'visit', s.session_id
    FROM back AS b
    INNER JOIN records.session AS s ON b.session_id = s.session_id AND b.client_id <> s.client_id
)
SELECT
    what,
    row_id,
    CASE rank
        WHEN 5 THEN 'is another client''s since two clients were parted. Record the visit anew. Nothing was changed.'
        ELSE 'is withdrawn. Bring that back first. Nothing was changed.'
    END AS why
FROM missing
ORDER BY rank, row_id
LIMIT 1;
