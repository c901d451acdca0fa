-- Standing episodes that an earlier file opened on the day of a contact or of a missed visit: that day begins nothing.
-- One row per episode.
CREATE OR REPLACE TEMP TABLE dated_by_no_visit AS
SELECT e.episode_id
FROM standing_episode AS e
INNER JOIN records.episode AS r ON e.episode_id = r.episode_id AND r.batch_id IS NOT NULL
INNER JOIN standing_part AS s ON e.episode_id = s.episode_id AND e.opened_on = s.visited_on
GROUP BY e.episode_id
HAVING NOT bool_or(s.status = 'kept' AND s.kind <> 'contact');

-- The episode of every part that does not stand yet. One row per part: episode_id of a standing episode, or NULL and the
-- number (block) of a new one within its person and complaint.
--
-- Where gaps decide: a new episode begins with a kept visit more than gap_days after the one before, or after a
-- discharge; exactly gap_days is still the same episode. Contacts and missed visits go with the episode before them and
-- never begin one, nor does the opening of an episode that a file dated by them. Only where an import has nothing but
-- contacts, and a complaint no visit that stands, do contacts take their place.
CREATE OR REPLACE TEMP TABLE part_episode AS
WITH visited AS (
    SELECT DISTINCT person, care FROM standing_part WHERE status = 'kept' AND kind <> 'contact'
),
contacts_count AS (
    SELECT DISTINCT k.person, k.care
    FROM kept_line AS k
    ANTI JOIN visited AS v ON k.person = v.person AND k.care = v.care
    WHERE NOT EXISTS (FROM kept_line WHERE status = 'kept' AND kind <> 'contact')
),
-- What happened on a day, in the order it counts: an episode opened, a visit, a discharge.
event AS (
    SELECT
        k.person, k.care, k.visited_on AS day, 1 AS rank, k.start_time, k.part,
        NULL::BIGINT AS episode_id,
        k.status = 'kept' AND (k.kind <> 'contact' OR c.person IS NOT NULL) AS counts,
        false AS ends
    FROM kept_line AS k
    INNER JOIN part AS p USING (part)
    LEFT JOIN contacts_count AS c ON k.person = c.person AND k.care = c.care
    WHERE k.seat = k.part AND p.episode_id IS NULL AND getvariable('import_way') = 'gap'
    UNION ALL
    SELECT
        s.person, s.care, s.visited_on, 1, s.start_time, NULL, s.episode_id,
        s.status = 'kept' AND (s.kind <> 'contact' OR c.person IS NOT NULL), false
    FROM standing_part AS s
    LEFT JOIN contacts_count AS c ON s.person = c.person AND s.care = c.care
    UNION ALL
    SELECT
        e.person, e.care, e.opened_on, 0, NULL, NULL, e.episode_id,
        c.person IS NOT NULL OR e.episode_id NOT IN (SELECT episode_id FROM dated_by_no_visit), false
    FROM standing_episode AS e
    LEFT JOIN contacts_count AS c ON e.person = c.person AND e.care = c.care
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
-- What may claim a block for a standing episode: what happened in it, in its own (first) block. A call long after care
-- stands in a block that is not its own. Several episodes of calls alone may stand in one block: the last of them before
-- its first visit takes it.
claim AS (
    SELECT
        *,
        CASE WHEN block = min(block) OVER (PARTITION BY person, care, episode_id) THEN episode_id END AS claims,
        CASE WHEN counts THEN claims END AS claims_by_visit,
        min(position) FILTER (counts) OVER (PARTITION BY person, care, block) AS first_counted,
        CASE WHEN position <= first_counted THEN claims END AS claims_before
    FROM numbered
),
-- A standing episode takes what follows it in its block; what comes before it is refused later (see differs.sql).
by_gap AS (
    SELECT
        part,
        block,
        coalesce(
            last_value(claims_by_visit IGNORE NULLS) OVER (in_block ROWS UNBOUNDED PRECEDING),
            first_value(claims_by_visit IGNORE NULLS) OVER (in_block ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
            last_value(claims_before IGNORE NULLS) OVER whole_block,
            first_value(claims IGNORE NULLS) OVER whole_block
        ) AS episode_id
    FROM claim
    WINDOW
        in_block AS (PARTITION BY person, care, block ORDER BY position),
        whole_block AS (
            PARTITION BY person, care, block ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
)
SELECT part, block, episode_id FROM by_gap WHERE part IS NOT NULL
UNION ALL
SELECT p.part, 1, arg_min(e.episode_id, {away: e.away, episode_id: e.episode_id})
FROM part AS p
LEFT JOIN standing_episode AS e USING (person, care)
WHERE p.episode_id IS NULL AND getvariable('import_way') <> 'gap'
GROUP BY p.part;

-- What the lines say of each new episode. One row per episode; the first line that says something decides, and lines
-- that say otherwise are refused. Who leads it, and since when it is open, its visits say before anything else.
CREATE OR REPLACE TEMP TABLE begun_episode AS
WITH told AS (
    SELECT
        k.*,
        e.block,
        k.status = 'kept' AND k.kind <> 'contact' AS is_visit,
        max(k.discharged_on) OVER (PARTITION BY k.person, k.care, e.block) AS ended_on
    FROM kept_line AS k
    INNER JOIN part_episode AS e USING (part)
    WHERE e.episode_id IS NULL
)
SELECT
    k.person,
    k.care,
    k.block,
    min(k.seat) AS first_seat,
    arg_min(k.injury_type, k.seat) AS injury_type,
    arg_min(k.cause, k.seat) AS cause,
    arg_min(k.mechanism, k.seat) FILTER (k.mechanism IS NOT NULL) AS mechanism,
    arg_min(k.onset_on, k.seat) FILTER (k.onset_on IS NOT NULL) AS onset_on,
    arg_min(k.opened_on, k.seat) FILTER (k.opened_on IS NOT NULL) AS opened_on,
    coalesce(
        min(k.visited_on) FILTER (k.is_visit AND k.visited_on <= coalesce(k.ended_on, k.visited_on)), min(k.visited_on)
    ) AS first_visit_on,
    arg_min(k.discharged_on, k.seat) FILTER (k.discharged_on IS NOT NULL) AS discharged_on,
    arg_min(k.discharge_reason, k.seat) FILTER (k.discharge_reason IS NOT NULL) AS discharge_reason,
    arg_min(k.therapist, (NOT k.is_visit, k.seat)) FILTER (k.therapist IS NOT NULL) AS therapist,
    arg_min(k.office, (NOT k.is_visit, k.seat)) FILTER (k.office IS NOT NULL) AS office
FROM told AS k
GROUP BY k.person, k.care, k.block;
