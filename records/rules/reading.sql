-- What the staged text says, by type. NULL where nothing was given, and where what was given could not be read: the rules
-- tell the two apart.

-- Each different text given for a list, with the code it stands for (NULL: not in the list). One row per list and text.
CREATE OR REPLACE TEMP TABLE listed_value AS
WITH given AS (
    SELECT DISTINCT 'visit.sex' AS list, sex AS given FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.side', side FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.kind', kind FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.status', status FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.cause', cause FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.region', region FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.discharge_reason', discharge_reason FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.injury_type', injury_type FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.therapist', therapist FROM staged_visit
    UNION ALL SELECT DISTINCT 'visit.office', office FROM staged_visit
    UNION ALL SELECT DISTINCT 'reading.what', what FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.kind', kind FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.moment', moment FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.region', region FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.side', side FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.joint', joint FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.movement', movement FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.motion_type', motion_type FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.instrument', instrument FROM staged_reading
    UNION ALL SELECT DISTINCT 'reading.scale', scale FROM staged_reading
    UNION ALL SELECT DISTINCT 'care.what', what FROM staged_care
    UNION ALL SELECT DISTINCT 'care.' || what, code FROM staged_care WHERE what <> 'call'
    UNION ALL SELECT DISTINCT 'care.region', region FROM staged_care
)
SELECT
    g.list,
    g.given,
    coalesce(arg_min(k.code, k.rank), min(a.name), CASE WHEN count(a.list) > 0 THEN bare(g.given) END) AS code,
    coalesce(bool_or(bare(g.given) IN (k.code, k.name)), false)
    OR coalesce(bool_or(a.list IS NOT NULL AND coalesce(a.name = bare(g.given), true)), false) AS exact
FROM given AS g
LEFT JOIN known_value AS k
    ON g.list = k.list AND (lower(bare(g.given)) = lower(k.code) OR lower(bare(g.given)) = lower(k.name))
LEFT JOIN may_add AS a
    ON g.list = a.list AND (a.name IS NULL OR lower(a.name) = lower(bare(g.given)))
WHERE g.given IS NOT NULL
GROUP BY g.list, g.given;

-- One row per visit of a line.
CREATE OR REPLACE TEMP TABLE read_visit AS
SELECT
    s.line,
    s.place,
    bare(s.client_ref) AS client_ref,
    bare(s.client_name) AS client_name,
    read_date(s.birth_date) AS birth_date,
    sex.code AS sex,
    bare(s.phone) AS phone,
    bare(s.episode_ref) AS episode_ref,
    injury_type.code AS injury_type,
    cause.code AS cause,
    bare(s.mechanism) AS mechanism,
    region.code AS region,
    side.code AS side,
    read_date(s.onset_on) AS onset_on,
    read_date(s.opened_on) AS opened_on,
    read_date(s.discharged_on) AS discharged_on,
    discharge_reason.code AS discharge_reason,
    bare(s.diagnosis) AS diagnosis,
    read_whole(s.visits_ordered) AS visits_ordered,
    read_date(s.ordered_on) AS ordered_on,
    read_date(s.order_expires_on) AS order_expires_on,
    bare(s.visit_ref) AS visit_ref,
    read_date(s.visited_on) AS visited_on,
    read_time(s.start_time) AS start_time,
    read_whole(s.minutes) AS minutes,
    kind.code AS kind,
    status.code AS status,
    therapist.code AS therapist,
    office.code AS office,
    bare(s.note) AS note,
    read_whole(s.home_done) AS home_done,
    read_whole(s.home_prescribed) AS home_prescribed
FROM staged_visit AS s
LEFT JOIN listed_value AS sex ON sex.list = 'visit.sex' AND s.sex = sex.given
LEFT JOIN listed_value AS injury_type ON injury_type.list = 'visit.injury_type' AND s.injury_type = injury_type.given
LEFT JOIN listed_value AS cause ON cause.list = 'visit.cause' AND s.cause = cause.given
LEFT JOIN listed_value AS region ON region.list = 'visit.region' AND s.region = region.given
LEFT JOIN listed_value AS side ON side.list = 'visit.side' AND s.side = side.given
LEFT JOIN listed_value AS discharge_reason
    ON discharge_reason.list = 'visit.discharge_reason' AND s.discharge_reason = discharge_reason.given
LEFT JOIN listed_value AS kind ON kind.list = 'visit.kind' AND s.kind = kind.given
LEFT JOIN listed_value AS status ON status.list = 'visit.status' AND s.status = status.given
LEFT JOIN listed_value AS therapist ON therapist.list = 'visit.therapist' AND s.therapist = therapist.given
LEFT JOIN listed_value AS office ON office.list = 'visit.office' AND s.office = office.given;

-- One row per reading given. number is the value as it was given, value as it will be kept: pain in half steps when the
-- door rounds, degrees to one decimal. A pain without a region of its own is the visit's complaint.
CREATE OR REPLACE TEMP TABLE read_reading AS
SELECT
    s.line,
    s.place,
    s.reading,
    what.code AS what,
    read_number(s.value) AS number,
    CASE
        WHEN what.code = 'pain' AND getvariable('rules_round_pain') THEN round(read_number(s.value) * 2) / 2
        WHEN what.code = 'motion' THEN round(read_number(s.value), 1)
        ELSE read_number(s.value)
    END AS value,
    kind.code AS kind,
    moment.code AS moment,
    CASE WHEN what.code = 'pain' THEN coalesce(region.code, v.region) END AS region,
    CASE WHEN what.code = 'pain' AND s.side IS NULL THEN v.side ELSE side.code END AS side,
    joint.code AS joint,
    movement.code AS movement,
    motion_type.code AS motion_type,
    instrument.code AS instrument,
    CASE WHEN s.repeat IS NULL THEN 1 ELSE read_whole(s.repeat) END AS repeat,
    scale.code AS scale,
    bare(s.item) AS item,
    CASE WHEN s.taken_on IS NULL THEN v.visited_on ELSE read_date(s.taken_on) END AS taken_on
FROM staged_reading AS s
INNER JOIN read_visit AS v USING (line, place)
LEFT JOIN listed_value AS what ON what.list = 'reading.what' AND s.what = what.given
LEFT JOIN listed_value AS kind ON kind.list = 'reading.kind' AND s.kind = kind.given
LEFT JOIN listed_value AS moment ON moment.list = 'reading.moment' AND s.moment = moment.given
LEFT JOIN listed_value AS region ON region.list = 'reading.region' AND s.region = region.given
LEFT JOIN listed_value AS side ON side.list = 'reading.side' AND s.side = side.given
LEFT JOIN listed_value AS joint ON joint.list = 'reading.joint' AND s.joint = joint.given
LEFT JOIN listed_value AS movement ON movement.list = 'reading.movement' AND s.movement = movement.given
LEFT JOIN listed_value AS motion_type ON motion_type.list = 'reading.motion_type' AND s.motion_type = motion_type.given
LEFT JOIN listed_value AS instrument ON instrument.list = 'reading.instrument' AND s.instrument = instrument.given
LEFT JOIN listed_value AS scale ON scale.list = 'reading.scale' AND s.scale = scale.given;

-- One row per technique used, red flag found, call made or dated entry.
CREATE OR REPLACE TEMP TABLE read_care AS
SELECT
    s.line,
    s.place,
    s.reading,
    what.code AS what,
    code.code AS code,
    region.code AS region,
    read_whole(s.minutes) AS minutes,
    bare(s.words) AS words,
    bare(s.whom) AS whom,
    read_moment(s.called_at) AS called_at
FROM staged_care AS s
INNER JOIN read_visit AS v USING (line, place)
LEFT JOIN listed_value AS what ON what.list = 'care.what' AND s.what = what.given
LEFT JOIN listed_value AS code ON code.list = 'care.' || s.what AND s.code = code.given
LEFT JOIN listed_value AS region ON region.list = 'care.region' AND s.region = region.given;
