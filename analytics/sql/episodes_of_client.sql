-- The episodes of care of one client, newest first, with who treats and who ordered. One row per episode.
SELECT
    e.episode_id,
    e.client_id,
    e.injury_type,
    i.region AS injury_region,
    e.cause_name,
    e.mechanism,
    e.onset_on,
    e.surgery_on,
    e.opened_on,
    e.chronicity,
    e.on_hold,
    e.discharged_on,
    d.regions,
    t.name AS therapist,
    r.physician_name AS ordered_by,
    c.visits,
    c.first_visit_on,
    c.last_visit_on,
    c.last_booked_on
FROM visible_episode AS e
LEFT JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
LEFT JOIN visible_injury_type_ever AS i ON e.injury_type_id = i.injury_type_id
LEFT JOIN visible_therapist_ever AS t ON e.therapist_id = t.therapist_id
LEFT JOIN (
    SELECT
        episode_id,
        string_agg(region_name || CASE WHEN side IN ('left', 'right') THEN ', ' || side ELSE '' END, '; ' ORDER BY place)
            AS regions
    FROM visible_episode_region
    WHERE client_id = $client_id
    GROUP BY episode_id
) AS d ON e.episode_id = d.episode_id
LEFT JOIN (
    SELECT episode_id, arg_max(physician_name, ordered_on) AS physician_name
    FROM visible_referral
    WHERE client_id = $client_id
    GROUP BY episode_id
) AS r ON e.episode_id = r.episode_id
WHERE e.client_id = $client_id
ORDER BY coalesce(c.last_visit_on, e.opened_on) DESC, e.episode_id DESC;
