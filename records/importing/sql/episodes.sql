-- The episode of every part that does not stand yet. One row per part: episode_id of a standing episode, or NULL and the
-- number (block) of a new one within its person and complaint.
--
-- Where gaps decide: a new episode begins with a kept visit more than gap_days after the one before, or after a
-- discharge; exactly gap_days is still the same episode. Contacts and missed visits go with the
-- episode before them and never begin one, except in an import that has nothing but contacts.
CREATE OR REPLACE TEMP TABLE part_episode AS
WITH only_contacts AS (
    SELECT NOT EXISTS (FROM kept_line WHERE status = 'kept' AND kind <> 'contact') AS only_contacts
),
-- What happened on a day, in the order it counts: an episode opened, a visit, a discharge.
event AS (
    SELECT
        k.person, k.care, k.visited_on AS day, 1 AS rank, k.start_time, k.part,
        NULL::BIGINT AS episode_id,
        k.status = 'kept' AND (k.kind <> 'contact' OR o.only_contacts) AS counts,
        false AS ends
    FROM kept_line AS k
    INNER JOIN part AS p USING (part)
    CROSS JOIN only_contacts AS o
    WHERE k.seat = k.part AND p.episode_id IS NULL AND getvariable('import_way') = 'gap'
    UNION ALL
    SELECT
        s.person, s.care, s.visited_on, 1, s.start_time, NULL, s.episode_id,
        s.status = 'kept' AND (s.kind <> 'contact' OR o.only_contacts), false
    FROM standing_part AS s
    CROSS JOIN only_contacts AS o
    UNION ALL
    SELECT person, care, opened_on, 0, NULL, NULL, episode_id, true, false FROM standing_episode
    UNION ALL
    SELECT person, care, discharged_on, 2, NULL, NULL, NULL, false, true
    FROM standing_episode
    WHERE discharged_on IS NOT NULL
    UNION ALL
    SELECT DISTINCT person, care, discharged_on, 2, NULL::TIME, NULL::BIGINT, NULL::BIGINT, false, true
    FROM kept_line
    WHERE discharged_on IS NOT NULL
),
seen AS (
    SELECT
        *,
        row_number() OVER course AS position,
        max(day) FILTER (counts) OVER (course ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_counted,
        max(day) FILTER (ends) OVER (course ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_end
    FROM event
    WINDOW course AS (PARTITION BY person, care ORDER BY day, rank, start_time NULLS FIRST, part, episode_id)
),
numbered AS (
    SELECT
        *,
        greatest(1, sum((
            counts AND (
                last_counted IS NULL
                OR day - last_counted > getvariable('import_gap_days')
                OR coalesce(last_end >= last_counted, false)
            )
        )::INTEGER) OVER (PARTITION BY person, care ORDER BY position)) AS block
    FROM seen
),
-- A standing episode takes what follows it in its block; what comes before it is refused later (see differs.sql).
by_gap AS (
    SELECT
        part,
        block,
        coalesce(
            last_value(episode_id IGNORE NULLS) OVER (in_block ROWS UNBOUNDED PRECEDING),
            first_value(episode_id IGNORE NULLS) OVER (in_block ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
        ) AS episode_id
    FROM numbered
    WINDOW in_block AS (PARTITION BY person, care, block ORDER BY position)
)
SELECT part, block, episode_id FROM by_gap WHERE part IS NOT NULL
UNION ALL
SELECT p.part, 1, arg_min(e.episode_id, {away: e.away, episode_id: e.episode_id})
FROM part AS p
LEFT JOIN standing_episode AS e USING (person, care)
WHERE p.episode_id IS NULL AND getvariable('import_way') <> 'gap'
GROUP BY p.part;

-- What the lines say of each new episode. One row per episode; the first line that says something decides, and lines
-- that say otherwise are refused.
CREATE OR REPLACE TEMP TABLE begun_episode AS
SELECT
    k.person,
    k.care,
    e.block,
    min(k.seat) AS first_seat,
    arg_min(k.injury_type, k.seat) AS injury_type,
    arg_min(k.cause, k.seat) AS cause,
    arg_min(k.mechanism, k.seat) FILTER (k.mechanism IS NOT NULL) AS mechanism,
    arg_min(k.onset_on, k.seat) FILTER (k.onset_on IS NOT NULL) AS onset_on,
    arg_min(k.opened_on, k.seat) FILTER (k.opened_on IS NOT NULL) AS opened_on,
    min(k.visited_on) AS first_visit_on,
    arg_min(k.discharged_on, k.seat) FILTER (k.discharged_on IS NOT NULL) AS discharged_on,
    arg_min(k.discharge_reason, k.seat) FILTER (k.discharge_reason IS NOT NULL) AS discharge_reason,
    arg_min(k.therapist, k.seat) FILTER (k.therapist IS NOT NULL) AS therapist,
    arg_min(k.office, k.seat) FILTER (k.office IS NOT NULL) AS office
FROM kept_line AS k
INNER JOIN part_episode AS e USING (part)
WHERE e.episode_id IS NULL
GROUP BY k.person, k.care, e.block;
