-- Visits in the period four times over: by the therapist who gave them, the office, the injury type and the cause of
-- their episode. One row per split and name. A visit that serves two episodes of different kinds stands in both rows.
WITH visits AS (
    SELECT
        v.session_id,
        v.client_id,
        v.episode_id,
        v.therapist_id,
        coalesce(t.name, 'not recorded') AS therapist,
        v.office_id,
        coalesce(o.name, 'not recorded') AS office,
        e.injury_type_id,
        e.injury_type,
        e.cause_name
    FROM visible_visit AS v
    INNER JOIN visible_chosen_episode(NULL, NULL, NULL, NULL, $injury_type_id, $cause) AS e
        ON v.client_id = e.client_id AND v.episode_id = e.episode_id
    LEFT JOIN visible_therapist_ever AS t ON v.therapist_id = t.therapist_id
    LEFT JOIN visible_office_ever AS o ON v.office_id = o.office_id
    WHERE ($since::DATE IS NULL OR v.visited_on >= $since::DATE)
        AND ($until::DATE IS NULL OR v.visited_on <= $until::DATE)
        AND ($therapist_id::BIGINT IS NULL OR v.therapist_id = $therapist_id::BIGINT)
        AND ($office_id::BIGINT IS NULL OR v.office_id = $office_id::BIGINT)
)
SELECT
    CASE
        WHEN grouping(therapist) = 0 THEN 'therapist'
        WHEN grouping(office) = 0 THEN 'office'
        WHEN grouping(injury_type) = 0 THEN 'injury type'
        ELSE 'cause'
    END AS split_by,
    coalesce(therapist, office, injury_type, cause_name) AS name,
    count(DISTINCT session_id) AS sessions,
    count(DISTINCT client_id) AS clients,
    count(DISTINCT episode_id) AS episodes
FROM visits
GROUP BY GROUPING SETS ((therapist_id, therapist), (office_id, office), (injury_type_id, injury_type), (cause_name))
ORDER BY split_by, sessions DESC, name;
