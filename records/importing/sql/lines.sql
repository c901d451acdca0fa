-- The lines no rule refused, and what of them stands already.

-- One row per visit of a line. seat numbers them all, by line and place. person, visit and part (a visit's share of one
-- complaint) are each known by the seat that names them first, so the first row of each is the one where they are equal.
-- care is the complaint: the file's own episode number, or injury type and cause where gaps decide.
CREATE OR REPLACE TEMP TABLE kept_line AS
WITH named AS (
    SELECT
        v.*,
        v.line * 1000 + v.place AS seat,
        coalesce('number ' || v.client_ref, 'name ' || lower(v.client_name) || ' ' || v.birth_date) AS person_name,
        coalesce(
            'number ' || v.visit_ref,
            -- A contact on the day of a visit is something else than the visit.
            CASE WHEN v.kind = 'contact' THEN 'contact ' ELSE '' END
            || v.visited_on || ' ' || coalesce(v.start_time::VARCHAR, '')
        ) AS visit_name,
        CASE getvariable('import_way')
            WHEN 'column' THEN v.episode_ref
            WHEN 'person' THEN ''
            ELSE lower(v.injury_type) || ' / ' || v.cause
        END AS care
    FROM read_visit AS v
    WHERE v.line NOT IN (SELECT line FROM problem WHERE fate = 'refused')
),
with_person AS (SELECT *, min(seat) OVER (PARTITION BY person_name) AS person FROM named),
with_visit AS (SELECT *, min(seat) OVER (PARTITION BY person, visit_name) AS visit FROM with_person)
SELECT *, min(seat) OVER (PARTITION BY visit, care) AS part
FROM with_visit;

-- One row per person; client_id is NULL for somebody new. The number decides where the file gives one, else name and
-- birth date; several clients of one name and birth date cannot be told apart. A client who was found to be another is
-- still known by what the file calls them; named_id is the client as the file knows them, before any merge.
CREATE OR REPLACE TEMP TABLE person AS
WITH RECURSIVE merged AS (
    SELECT gone_client_id, kept_client_id FROM records.client_merge WHERE undone_at IS NULL
    UNION
    SELECT m.gone_client_id, n.kept_client_id
    FROM merged AS m
    INNER JOIN records.client_merge AS n ON m.kept_client_id = n.gone_client_id AND n.undone_at IS NULL
),
known AS (
    SELECT client_id, client_id AS named_id FROM records.client WHERE NOT withdrawn
    UNION ALL
    SELECT c.client_id, m.gone_client_id
    FROM merged AS m
    INNER JOIN records.client AS c ON m.kept_client_id = c.client_id
    WHERE NOT c.withdrawn
),
standing AS (
    SELECT k.client_id, k.named_id, 'number ' || c.source_ref AS person_name
    FROM known AS k
    INNER JOIN records.client AS c ON k.named_id = c.client_id
    WHERE c.source = getvariable('import_source')
    UNION ALL
    SELECT k.client_id, k.named_id, 'name ' || lower(c.name) || ' ' || c.birth_date
    FROM known AS k
    INNER JOIN records.client AS c ON k.named_id = c.client_id
)
SELECT
    k.person,
    min(s.client_id) AS client_id,
    CASE WHEN bool_or(s.named_id = s.client_id) THEN min(s.client_id) ELSE min(s.named_id) END AS named_id,
    count(DISTINCT s.client_id) AS candidates
FROM kept_line AS k
LEFT JOIN standing AS s USING (person_name)
WHERE k.seat = k.person
GROUP BY k.person;

-- Whose a session or an episode was before its client was found to be another. One row per record that was moved.
CREATE OR REPLACE TEMP TABLE moved AS
SELECT r.table_name, r.row_id, arg_min(m.gone_client_id, m.client_merge_id) AS named_id
FROM records.client_merge_row AS r
INNER JOIN records.client_merge AS m ON r.client_merge_id = m.client_merge_id AND m.undone_at IS NULL
WHERE r.table_name IN ('session', 'episode')
GROUP BY r.table_name, r.row_id;

-- One row per standing episode of these people.
CREATE OR REPLACE TEMP TABLE standing_episode AS
SELECT
    p.person,
    e.episode_id,
    e.opened_on,
    e.discharged_on,
    e.discharge_reason,
    e.onset_on,
    e.cause,
    i.name AS injury_type,
    -- Another person's, as the file tells them apart.
    coalesce(m.named_id, p.client_id) IS DISTINCT FROM p.named_id AS away,
    CASE getvariable('import_way')
        WHEN 'column' THEN CASE WHEN e.source = getvariable('import_source') THEN e.source_ref END
        WHEN 'person' THEN CASE WHEN e.source = getvariable('import_source') THEN '' END
        ELSE lower(i.name) || ' / ' || e.cause
    END AS care
FROM person AS p
INNER JOIN records.episode AS e ON p.client_id = e.client_id AND NOT e.withdrawn
INNER JOIN records.injury_type AS i ON e.injury_type_id = i.injury_type_id
LEFT JOIN moved AS m ON m.table_name = 'episode' AND e.episode_id = m.row_id;

-- One row per standing session and episode of these people.
CREATE OR REPLACE TEMP TABLE standing_part AS
SELECT
    p.person,
    s.session_id,
    coalesce(m.named_id, p.client_id) IS DISTINCT FROM p.named_id AS away,
    s.visited_on,
    s.start_time,
    s.kind,
    s.status,
    t.name AS therapist,
    o.name AS office,
    CASE WHEN s.source = getvariable('import_source') THEN s.source_ref END AS visit_ref,
    e.episode_id,
    e.care,
    part.minutes,
    part.note,
    part.home_done,
    part.home_prescribed
FROM person AS p
INNER JOIN records.session AS s ON p.client_id = s.client_id AND NOT s.withdrawn
INNER JOIN records.session_part AS part
    ON s.session_id = part.session_id AND s.client_id = part.client_id AND NOT part.withdrawn
INNER JOIN standing_episode AS e ON part.episode_id = e.episode_id
LEFT JOIN records.therapist AS t ON s.therapist_id = t.therapist_id
LEFT JOIN records.office AS o ON s.office_id = o.office_id
LEFT JOIN moved AS m ON m.table_name = 'session' AND s.session_id = m.row_id;

-- One row per visit; session_id is NULL for a visit that does not stand yet. A number decides where both have one; else the
-- day and start time; else the day, where one of the two does not say the time: counting a visit twice is worse. Where two
-- clients were found to be one, each finds the visits the file gave them before those of the other.
CREATE OR REPLACE TEMP TABLE visit AS
WITH first_line AS (SELECT * FROM kept_line WHERE seat = visit),
same AS (
    SELECT k.visit, s.session_id, false AS away, 1 AS rank
    FROM first_line AS k
    INNER JOIN standing_part AS s ON k.person = s.person AND k.visit_ref = s.visit_ref
    UNION ALL
    SELECT k.visit, s.session_id, s.away, CASE WHEN k.start_time IS NOT DISTINCT FROM s.start_time THEN 2 ELSE 3 END
    FROM first_line AS k
    INNER JOIN standing_part AS s ON k.person = s.person AND k.visited_on = s.visited_on
    WHERE
        (k.visit_ref IS NULL OR s.visit_ref IS NULL)
        AND (k.kind = 'contact') = (s.kind = 'contact')
        AND (k.start_time IS NOT DISTINCT FROM s.start_time OR k.start_time IS NULL OR s.start_time IS NULL)
)
SELECT k.visit, min({away: s.away, rank: s.rank, session_id: s.session_id}).session_id AS session_id
FROM first_line AS k
LEFT JOIN same AS s USING (visit)
GROUP BY k.visit;

-- One row per part; episode_id is NULL for a part that does not stand yet.
CREATE OR REPLACE TEMP TABLE part AS
SELECT k.part, k.visit, k.person, k.care, v.session_id, min(s.episode_id) AS episode_id
FROM kept_line AS k
INNER JOIN visit AS v USING (visit)
LEFT JOIN standing_part AS s ON k.person = s.person AND v.session_id = s.session_id AND k.care = s.care
WHERE k.seat = k.part
GROUP BY k.part, k.visit, k.person, k.care, v.session_id;
