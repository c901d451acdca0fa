-- What there is to ask people without a visit, whether they were asked already or not: pain so many months after
-- discharge, and of everyone who came and was not discharged, pain since they stopped coming. One row per discharged
-- episode and month asked for, one per episode that was not discharged (months is NULL); episodes with a visit only.
-- The pain is that of the series the episode is judged by, or pain now of the main complaint. due_on is so many
-- calendar months after discharge, or the first day with more than $lapsed_after_days since the last visit; from_on and
-- until_on are the first and the last day on which an answer counts. is_reached: a rating of that pain on one of these
-- days, at a visit before treatment or at a contact; of who stopped coming, any contact since due_on. tried: contacts
-- since from_on that reached nobody. asked_on: the latest contact since then, whether it reached anybody or not.
-- last_pain is the latest rating of that pain, the mean of its day. booked_on is the client's next booked visit, of any
-- episode.
WITH mark AS (
    SELECT
        unnest($months::INTEGER[]) AS months,
        unnest($weeks_before::INTEGER[]) AS weeks_before,
        unnest($weeks_after::INTEGER[]) AS weeks_after
),
course AS (
    SELECT
        e.client_id,
        e.episode_id,
        e.injury_type,
        e.on_hold,
        e.discharged_on,
        c.last_visit_on,
        c.last_booked_on
    FROM visible_episode AS e
    INNER JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
    WHERE c.visits > 0
),
dated AS (
    SELECT c.*, m.months, (c.discharged_on + to_months(m.months))::DATE AS due_on, m.weeks_before, m.weeks_after
    FROM course AS c
    CROSS JOIN mark AS m
    WHERE c.discharged_on IS NOT NULL
    UNION ALL
    SELECT c.*, NULL, c.last_visit_on + $lapsed_after_days::INTEGER + 1, 0, $silent_weeks::INTEGER
    FROM course AS c
    WHERE c.discharged_on IS NULL
),
asked AS MATERIALIZED (
    SELECT *, due_on - 7 * weeks_before AS from_on, due_on + 7 * weeks_after AS until_on FROM dated
),
pain_to_ask AS MATERIALIZED (
    SELECT p.* FROM visible_asked_pain AS p SEMI JOIN course AS c ON p.episode_id = c.episode_id
),
pain AS MATERIALIZED (
    SELECT r.client_id, r.episode_id, r.rated_on, avg(r.pain)::DOUBLE AS pain
    FROM visible_rating AS r
    INNER JOIN pain_to_ask AS p
        ON r.client_id = p.client_id AND r.episode_id = p.episode_id AND r.kind = p.kind
        AND r.region IS NOT DISTINCT FROM p.region AND r.side IS NOT DISTINCT FROM p.side
    INNER JOIN visible_session AS s ON r.client_id = s.client_id AND r.session_id = s.session_id
    WHERE r.moment <> 'after' AND s.status = 'kept'
    GROUP BY r.client_id, r.episode_id, r.rated_on
),
last_pain AS (
    SELECT client_id, episode_id, arg_max(pain, rated_on) AS pain, max(rated_on) AS rated_on
    FROM pain
    GROUP BY client_id, episode_id
),
reading AS (
    SELECT DISTINCT a.episode_id, a.months
    FROM asked AS a
    INNER JOIN pain AS p
        ON a.client_id = p.client_id AND a.episode_id = p.episode_id AND p.rated_on BETWEEN a.from_on AND a.until_on
    WHERE a.months IS NOT NULL
),
contact AS (
    SELECT
        a.episode_id,
        a.months,
        count(*) FILTER (WHERE s.status = 'no_show') AS tried,
        bool_or(s.status = 'kept') AS was_answered,
        max(p.visited_on) AS asked_on
    FROM asked AS a
    INNER JOIN visible_session_part AS p
        ON a.client_id = p.client_id AND a.episode_id = p.episode_id AND p.visited_on >= a.from_on
    INNER JOIN visible_session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
    WHERE s.kind = 'contact' AND s.status IN ('kept', 'no_show')
    GROUP BY a.episode_id, a.months
),
next_visit AS (
    SELECT client_id, min(visited_on) AS booked_on
    FROM visible_session
    WHERE status = 'booked' AND kind <> 'contact' AND visited_on >= $today
    GROUP BY client_id
)
SELECT
    a.* EXCLUDE (weeks_before, weeks_after),
    CASE WHEN a.months IS NULL THEN coalesce(c.was_answered, false) ELSE r.episode_id IS NOT NULL END AS is_reached,
    coalesce(c.tried, 0) AS tried,
    c.asked_on,
    l.pain AS last_pain,
    l.rated_on AS last_pain_on,
    n.booked_on,
    p.kind,
    p.region,
    p.side,
    w.name,
    w.phone
FROM asked AS a
INNER JOIN visible_client AS w ON a.client_id = w.client_id
INNER JOIN pain_to_ask AS p ON a.client_id = p.client_id AND a.episode_id = p.episode_id
LEFT JOIN reading AS r ON a.episode_id = r.episode_id AND a.months = r.months
LEFT JOIN contact AS c ON a.episode_id = c.episode_id AND a.months IS NOT DISTINCT FROM c.months
LEFT JOIN last_pain AS l ON a.client_id = l.client_id AND a.episode_id = l.episode_id
LEFT JOIN next_visit AS n ON a.client_id = n.client_id
ORDER BY a.episode_id, a.months;
