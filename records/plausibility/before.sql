-- What stands of the client before the day of the session: what its values are held against. Never a contact.

-- The last visit's motion before treatment: one row per part, joint, movement, side and motion type. Repeats are averaged.
CREATE OR REPLACE TEMP TABLE motion_before AS
SELECT
    s.line,
    m.joint,
    m.movement,
    m.side,
    m.motion_type,
    arg_max(m.degrees, m.measured_on)::DOUBLE AS degrees,
    max(m.measured_on) AS measured_on
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN (
    SELECT m.client_id, m.episode_id, m.joint, m.movement, m.side, m.motion_type, m.measured_on, avg(m.degrees) AS degrees
    FROM live.motion AS m
    INNER JOIN live.session AS k ON m.client_id = k.client_id AND m.session_id = k.session_id
    WHERE m.client_id IN (SELECT client_id FROM served) AND m.moment = 'before' AND k.kind <> 'contact'
    GROUP BY ALL
) AS m ON s.client_id = m.client_id AND s.episode_id = m.episode_id AND m.measured_on < r.visited_on
GROUP BY ALL;

-- The same of this session: one row per part, joint, movement, side, motion type and moment.
CREATE OR REPLACE TEMP TABLE motion_now AS
SELECT r.line, r.joint, r.movement, r.side, r.motion_type, r.moment, avg(r.value) AS degrees, lower(b.name) AS name
FROM read_reading AS r
INNER JOIN records.movement AS b ON r.joint = b.joint AND r.movement = b.movement
WHERE r.what = 'motion' AND r.value IS NOT NULL
GROUP BY ALL;

-- The last pain before treatment of each series: one row per part, kind, region and side. Two of one day are averaged.
CREATE OR REPLACE TEMP TABLE pain_before AS
SELECT
    s.line,
    p.kind,
    p.region,
    p.side,
    arg_max(p.pain, p.rated_on)::DOUBLE AS pain,
    max(p.rated_on) AS rated_on
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN (
    SELECT p.client_id, p.episode_id, p.kind, p.region, p.side, p.rated_on, avg(p.pain) AS pain
    FROM live.rating AS p
    INNER JOIN live.session AS k ON p.client_id = k.client_id AND p.session_id = k.session_id
    WHERE p.client_id IN (SELECT client_id FROM served) AND p.moment = 'before' AND k.kind <> 'contact'
    GROUP BY ALL
) AS p ON s.client_id = p.client_id AND s.episode_id = p.episode_id AND p.rated_on < r.visited_on
GROUP BY ALL;

-- The last score of each scale, item and side: one row per part and these. Two of one day are averaged.
CREATE OR REPLACE TEMP TABLE score_before AS
SELECT
    s.line,
    e.scale,
    e.item,
    e.side,
    arg_max(e.value, e.scored_on) AS value,
    max(e.scored_on) AS scored_on
FROM served AS s
INNER JOIN read_visit AS r USING (line)
INNER JOIN (
    SELECT e.client_id, e.episode_id, e.scale, e.item, e.side, e.scored_on, avg(e.value) AS value
    FROM records.score AS e
    INNER JOIN live.session AS k ON e.client_id = k.client_id AND e.session_id = k.session_id
    WHERE e.client_id IN (SELECT client_id FROM served) AND NOT e.withdrawn AND k.kind <> 'contact'
    GROUP BY ALL
) AS e ON s.client_id = e.client_id AND s.episode_id = e.episode_id AND e.scored_on < r.visited_on
GROUP BY ALL;
