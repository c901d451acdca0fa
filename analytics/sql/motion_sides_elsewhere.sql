-- What the other episodes of this client that ran at the same time are about. One row per region and side.
-- An episode runs from its opening to its discharge; without one until so many days after its last visit that it counts
-- as closed, and on hold it runs on.
WITH running AS (
    SELECT
        e.episode_id,
        e.opened_on,
        coalesce(
            e.discharged_on,
            CASE WHEN e.on_hold THEN DATE '9999-12-31' END,
            greatest(e.opened_on, c.last_visit_on) + $closed_after_days::INTEGER
        ) AS until
    FROM visible_episode AS e
    LEFT JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
    WHERE e.client_id = $client_id
)
SELECT DISTINCT r.region, r.side
FROM running AS this
INNER JOIN running AS other
    ON this.episode_id <> other.episode_id AND this.opened_on <= other.until AND other.opened_on <= this.until
INNER JOIN visible_episode_region AS r ON other.episode_id = r.episode_id
WHERE this.episode_id = $episode_id AND r.client_id = $client_id
ORDER BY r.region, r.side;
