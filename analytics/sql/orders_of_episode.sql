-- Visits ordered and used in one episode, the latest order last. A visit is charged to an order only where it has
-- minutes in this episode (or none were written down and it served no other), and to the order that was running on its
-- day: begun, not expired, not replaced by the next. An order without a day has run from the first visit on.
-- One row per order.
WITH shared AS (
    SELECT session_id
    FROM visible_session_part
    WHERE client_id = $client_id
    GROUP BY session_id
    HAVING count(*) > 1
),
orders AS (
    SELECT
        referral_id,
        diagnosis,
        physician_name,
        visits_ordered,
        ordered_on,
        expires_on,
        lead(ordered_on) OVER (ORDER BY ordered_on NULLS FIRST, referral_id) AS next_ordered_on
    FROM visible_referral
    WHERE client_id = $client_id AND episode_id = $episode_id AND visits_ordered IS NOT NULL
)
SELECT
    o.referral_id,
    o.diagnosis,
    o.physician_name,
    o.visits_ordered AS ordered,
    count(v.session_id) AS used,
    o.ordered_on,
    o.expires_on
FROM orders AS o
LEFT JOIN visible_visit AS v
    ON v.client_id = $client_id AND v.episode_id = $episode_id
    AND (v.minutes > 0 OR (v.minutes IS NULL AND v.session_id NOT IN (SELECT session_id FROM shared)))
    AND (o.ordered_on IS NULL OR v.visited_on >= o.ordered_on)
    AND (o.expires_on IS NULL OR v.visited_on <= o.expires_on)
    AND (o.next_ordered_on IS NULL OR v.visited_on < o.next_ordered_on)
GROUP BY ALL
ORDER BY o.ordered_on NULLS FIRST, o.referral_id;
