-- Everything the import adds, with its ids, in the shape of the store's tables (who and when are added on writing).
-- Sorted by client, episode and date, which is what keeps one-client queries on a large file fast.

-- Names new to the practice's lists. One row per name.
CREATE OR REPLACE TEMP TABLE new_injury_type AS
SELECT getvariable('first_injury_type') + row_number() OVER (ORDER BY name) - 1 AS injury_type_id, name, region
FROM (
    SELECT DISTINCT b.injury_type AS name, a.region
    FROM begun_episode AS b
    LEFT JOIN added_injury_type AS a ON b.injury_type = a.name
    WHERE b.injury_type NOT IN (SELECT name FROM records.injury_type WHERE NOT withdrawn)
);
CREATE OR REPLACE TEMP TABLE new_therapist AS
SELECT getvariable('first_therapist') + row_number() OVER (ORDER BY name) - 1 AS therapist_id, name
FROM (
    SELECT DISTINCT therapist AS name
    FROM kept_line
    WHERE therapist IS NOT NULL AND therapist NOT IN (SELECT name FROM records.therapist WHERE NOT withdrawn)
);
CREATE OR REPLACE TEMP TABLE new_office AS
SELECT getvariable('first_office') + row_number() OVER (ORDER BY name) - 1 AS office_id, name
FROM (
    SELECT DISTINCT office AS name
    FROM kept_line
    WHERE office IS NOT NULL AND office NOT IN (SELECT name FROM records.office WHERE NOT withdrawn)
);
CREATE OR REPLACE TEMP TABLE list_id AS
SELECT 'injury_type' AS list, name, min(injury_type_id) AS id
FROM (SELECT name, injury_type_id FROM records.injury_type WHERE NOT withdrawn UNION ALL SELECT name, injury_type_id FROM new_injury_type)
GROUP BY name
UNION ALL
SELECT 'therapist', name, min(therapist_id)
FROM (SELECT name, therapist_id FROM records.therapist WHERE NOT withdrawn UNION ALL SELECT name, therapist_id FROM new_therapist)
GROUP BY name
UNION ALL
SELECT 'office', name, min(office_id)
FROM (SELECT name, office_id FROM records.office WHERE NOT withdrawn UNION ALL SELECT name, office_id FROM new_office)
GROUP BY name;

CREATE OR REPLACE TEMP TABLE new_client AS
SELECT
    getvariable('first_client') + row_number() OVER (ORDER BY p.person) - 1 AS client_id,
    k.client_name AS name,
    k.birth_date,
    k.sex,
    k.phone,
    getvariable('import_source') AS source,
    k.client_ref AS source_ref,
    m.row_number AS source_row,
    p.person
FROM person AS p
INNER JOIN kept_line AS k ON p.person = k.seat
INNER JOIN main_row AS m ON k.line = m.line
WHERE p.client_id IS NULL
ORDER BY 1;
CREATE OR REPLACE TEMP TABLE person_id AS
SELECT person, client_id FROM person WHERE client_id IS NOT NULL
UNION ALL
SELECT person, client_id FROM new_client;

CREATE OR REPLACE TEMP TABLE new_episode AS
SELECT
    getvariable('first_episode') + row_number() OVER (ORDER BY c.client_id, b.first_visit_on, b.first_seat) - 1 AS episode_id,
    c.client_id,
    i.id AS injury_type_id,
    b.cause,
    b.mechanism,
    b.onset_on,
    t.id AS therapist_id,
    o.id AS office_id,
    coalesce(b.opened_on, b.first_visit_on) AS opened_on,
    b.discharged_on,
    b.discharge_reason,
    getvariable('import_source') AS source,
    CASE getvariable('import_way') WHEN 'column' THEN b.care END AS source_ref,
    m.row_number AS source_row,
    b.person,
    b.care,
    b.block
FROM begun_episode AS b
INNER JOIN person_id AS c USING (person)
INNER JOIN main_row AS m ON b.first_seat // 1000 = m.line
LEFT JOIN list_id AS i ON i.list = 'injury_type' AND b.injury_type = i.name
LEFT JOIN list_id AS t ON t.list = 'therapist' AND b.therapist = t.name
LEFT JOIN list_id AS o ON o.list = 'office' AND b.office = o.name
ORDER BY episode_id;

-- The episode of every part, standing or new. One row per part.
CREATE OR REPLACE TEMP TABLE episode_of AS
SELECT p.part, coalesce(p.episode_id, e.episode_id, n.episode_id) AS episode_id
FROM part AS p
LEFT JOIN part_episode AS e USING (part)
LEFT JOIN new_episode AS n ON p.person = n.person AND p.care = n.care AND e.block = n.block;

CREATE OR REPLACE TEMP TABLE new_episode_region AS
WITH said AS (
    SELECT n.episode_id, n.client_id, k.region, k.side, min(k.seat) AS first_seat
    FROM kept_line AS k
    INNER JOIN episode_of AS e USING (part)
    INNER JOIN new_episode AS n ON e.episode_id = n.episode_id
    WHERE k.region IS NOT NULL
    GROUP BY ALL
)
SELECT
    getvariable('first_episode_region') + row_number() OVER (ORDER BY episode_id, first_seat) - 1 AS episode_region_id,
    episode_id, client_id, row_number() OVER (PARTITION BY episode_id ORDER BY first_seat) AS place, region, side
FROM said
ORDER BY episode_id, place;

CREATE OR REPLACE TEMP TABLE new_referral AS
WITH placed AS (
    SELECT DISTINCT
        e.episode_id, c.client_id, r.diagnosis, r.visits_ordered, r.ordered_on, r.order_expires_on AS expires_on
    FROM referral_once AS r
    INNER JOIN kept_line AS k ON r.first_seat = k.seat
    INNER JOIN episode_of AS e USING (part)
    INNER JOIN person_id AS c ON k.person = c.person
)
SELECT getvariable('first_referral') + row_number() OVER (ORDER BY client_id, episode_id, ordered_on, diagnosis) - 1 AS referral_id, *
FROM placed;

CREATE OR REPLACE TEMP TABLE new_session AS
SELECT
    getvariable('first_session') + row_number() OVER (ORDER BY c.client_id, k.visited_on, k.start_time, v.visit) - 1
        AS session_id,
    c.client_id,
    k.visited_on,
    k.start_time,
    k.kind,
    k.status,
    t.id AS therapist_id,
    o.id AS office_id,
    getvariable('import_source') AS source,
    k.visit_ref AS source_ref,
    m.row_number AS source_row,
    v.visit
FROM visit AS v
INNER JOIN kept_line AS k ON v.visit = k.seat
INNER JOIN person_id AS c USING (person)
INNER JOIN main_row AS m ON k.line = m.line
LEFT JOIN list_id AS t ON t.list = 'therapist' AND k.therapist = t.name
LEFT JOIN list_id AS o ON o.list = 'office' AND k.office = o.name
WHERE v.session_id IS NULL
ORDER BY 1;

-- Where each part belongs, standing or new. One row per part.
CREATE OR REPLACE TEMP TABLE place_of AS
SELECT
    p.part,
    coalesce(p.session_id, s.session_id) AS session_id,
    e.episode_id,
    c.client_id,
    p.episode_id IS NULL AS is_new
FROM part AS p
INNER JOIN episode_of AS e USING (part)
INNER JOIN person_id AS c USING (person)
LEFT JOIN new_session AS s USING (visit);

CREATE OR REPLACE TEMP TABLE new_session_part AS
SELECT
    getvariable('first_session_part') + row_number() OVER (ORDER BY p.client_id, p.episode_id, k.visited_on, p.part) - 1
        AS session_part_id,
    p.session_id, p.episode_id, p.client_id, k.visited_on, k.minutes, k.home_done, k.home_prescribed, k.note
FROM place_of AS p
INNER JOIN kept_line AS k ON p.part = k.seat
WHERE p.is_new
ORDER BY p.client_id, p.episode_id, k.visited_on;

-- One row per reading that does not stand yet, with the place it goes to.
CREATE OR REPLACE TEMP TABLE new_reading AS
SELECT r.*, p.session_id, p.episode_id, p.client_id, m.row_number AS source_row
FROM kept_reading AS r
INNER JOIN reading_once AS o ON r.reading_seat = o.first_seat
INNER JOIN place_of AS p ON r.part = p.part
INNER JOIN main_row AS m ON r.line = m.line
WHERE o.standing IS NULL;

CREATE OR REPLACE TEMP TABLE new_rating AS
SELECT
    getvariable('first_rating') + row_number() OVER (ORDER BY client_id, episode_id, taken_on, reading_seat) - 1 AS rating_id,
    session_id, episode_id, client_id, taken_on AS rated_on, kind, moment, region, side,
    value::DECIMAL(3, 1) AS pain,
    source_row
FROM new_reading
WHERE what = 'pain'
ORDER BY 1;

CREATE OR REPLACE TEMP TABLE new_motion AS
SELECT
    getvariable('first_motion') + row_number() OVER (ORDER BY client_id, episode_id, taken_on, reading_seat) - 1 AS motion_id,
    session_id, episode_id, client_id, taken_on AS measured_on, joint, movement, side, motion_type, moment,
    repeat AS repeat_number,
    value::DECIMAL(5, 1) AS degrees,
    instrument,
    source_row
FROM new_reading
WHERE what = 'motion'
ORDER BY 1;

CREATE OR REPLACE TEMP TABLE new_score AS
SELECT
    getvariable('first_score') + row_number() OVER (ORDER BY client_id, episode_id, taken_on, reading_seat) - 1 AS score_id,
    session_id, episode_id, client_id, taken_on AS scored_on, scale, item, side, value,
    source_row
FROM new_reading
WHERE what = 'score'
ORDER BY 1;
