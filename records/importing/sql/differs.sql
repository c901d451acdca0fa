-- Lines that contradict an earlier line or what stands. Nothing is overwritten: they are refused, in the shape of a rule.
-- One row per contradiction.
WITH in_file AS (
    SELECT
        k.line, k.place, f.line AS other_line, 'client' AS about,
        unnest([
            {field: 'client_name', value: k.client_name, other: f.client_name},
            {field: 'birth_date', value: k.birth_date::VARCHAR, other: f.birth_date::VARCHAR},
            {field: 'sex', value: k.sex, other: f.sex}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN kept_line AS f ON k.person = f.seat
    WHERE
        lower(k.client_name) <> lower(f.client_name)
        OR k.birth_date IS DISTINCT FROM f.birth_date
        OR k.sex IS DISTINCT FROM f.sex
    UNION ALL
    SELECT
        k.line, k.place, f.line, 'visit',
        unnest([
            {field: 'visited_on', value: k.visited_on::VARCHAR, other: f.visited_on::VARCHAR},
            {field: 'start_time', value: k.start_time::VARCHAR, other: f.start_time::VARCHAR},
            {field: 'kind', value: k.kind, other: f.kind},
            {field: 'status', value: k.status, other: f.status},
            {field: 'therapist', value: k.therapist, other: f.therapist},
            {field: 'office', value: k.office, other: f.office}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN kept_line AS f ON k.visit = f.seat
    WHERE k.seat <> k.visit
    UNION ALL
    SELECT
        k.line, k.place, f.line, 'visit',
        unnest([
            {field: 'minutes', value: k.minutes::VARCHAR, other: f.minutes::VARCHAR},
            {field: 'note', value: k.note, other: f.note},
            {field: 'home_done', value: k.home_done::VARCHAR, other: f.home_done::VARCHAR},
            {field: 'home_prescribed', value: k.home_prescribed::VARCHAR, other: f.home_prescribed::VARCHAR}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN kept_line AS f ON k.part = f.seat
    WHERE k.seat <> k.part
    UNION ALL
    SELECT
        k.line, k.place, (b.first_seat // 1000)::BIGINT, 'episode',
        unnest([
            {field: 'injury_type', value: k.injury_type, other: b.injury_type},
            {field: 'cause', value: k.cause, other: b.cause},
            {field: 'mechanism', value: k.mechanism, other: b.mechanism},
            {field: 'onset_on', value: k.onset_on::VARCHAR, other: b.onset_on::VARCHAR},
            {field: 'opened_on', value: k.opened_on::VARCHAR, other: b.opened_on::VARCHAR},
            {field: 'discharged_on', value: k.discharged_on::VARCHAR, other: b.discharged_on::VARCHAR},
            {field: 'discharge_reason', value: k.discharge_reason, other: b.discharge_reason}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN part_episode AS e USING (part)
    INNER JOIN begun_episode AS b ON k.person = b.person AND k.care = b.care AND e.block = b.block
    WHERE
        e.episode_id IS NULL
        AND (
            k.injury_type <> b.injury_type OR k.cause <> b.cause OR k.mechanism <> b.mechanism
            OR k.onset_on <> b.onset_on OR k.opened_on <> b.opened_on
            OR k.discharged_on <> b.discharged_on OR k.discharge_reason <> b.discharge_reason
        )
),
in_store AS (
    SELECT
        k.line, k.place, 'client' AS about,
        unnest([
            {field: 'client_name', value: lower(k.client_name), other: lower(c.name)},
            {field: 'birth_date', value: k.birth_date::VARCHAR, other: c.birth_date::VARCHAR},
            {field: 'sex', value: k.sex, other: c.sex}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN person AS p USING (person)
    INNER JOIN records.client AS c ON p.named_id = c.client_id
    UNION ALL
    SELECT
        k.line, k.place, 'visit',
        unnest([
            {field: 'visited_on', value: k.visited_on::VARCHAR, other: s.visited_on::VARCHAR},
            {field: 'start_time', value: k.start_time::VARCHAR, other: s.start_time::VARCHAR},
            {field: 'kind', value: k.kind, other: s.kind},
            {field: 'status', value: k.status, other: s.status},
            {field: 'therapist', value: k.therapist, other: s.therapist},
            {field: 'office', value: k.office, other: s.office},
            {field: 'minutes', value: k.minutes::VARCHAR, other: s.minutes::VARCHAR},
            {field: 'note', value: k.note, other: s.note},
            {field: 'home_done', value: k.home_done::VARCHAR, other: s.home_done::VARCHAR},
            {field: 'home_prescribed', value: k.home_prescribed::VARCHAR, other: s.home_prescribed::VARCHAR}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN part AS p USING (part)
    INNER JOIN standing_part AS s ON p.session_id = s.session_id AND p.episode_id = s.episode_id
    UNION ALL
    SELECT
        k.line, k.place, 'episode',
        unnest([
            {field: 'injury_type', value: k.injury_type, other: s.injury_type},
            {field: 'cause', value: k.cause, other: s.cause},
            {field: 'onset_on', value: k.onset_on::VARCHAR, other: s.onset_on::VARCHAR},
            {field: 'opened_on', value: k.opened_on::VARCHAR, other: s.opened_on::VARCHAR},
            {field: 'discharged_on', value: k.discharged_on::VARCHAR, other: s.discharged_on::VARCHAR},
            {field: 'discharge_reason', value: k.discharge_reason, other: s.discharge_reason}
        ], recursive := true)
    FROM kept_line AS k
    INNER JOIN part AS p USING (part)
    LEFT JOIN part_episode AS e USING (part)
    INNER JOIN standing_episode AS s ON coalesce(p.episode_id, e.episode_id) = s.episode_id
)
SELECT
    d.line, d.place, 0 AS reading, d.field, d.value, 'refused' AS fate,
    CASE
        -- What people wrote in words names people: the message says where it is and does not repeat it.
        WHEN d.field IN ('client_name', 'note', 'mechanism')
            THEN 'the ' || replace(d.field, 'client_', '') || ' differs from the one in row ' || o.row_number || ' for the same '
                || d.about || '.'
        ELSE
            d.value || ' differs from row ' || o.row_number || ', which says ' || coalesce(d.other, 'nothing')
            || ' for the same ' || d.about || '.'
    END AS reason,
    NULL AS remedy
FROM in_file AS d
INNER JOIN main_row AS o ON d.other_line = o.line
WHERE d.value IS NOT NULL AND lower(d.value) IS DISTINCT FROM lower(d.other)
UNION ALL
SELECT
    line, place, 0, field, value, 'refused',
    CASE
        WHEN field IN ('client_name', 'note')
            THEN 'the ' || replace(field, 'client_', '') || ' differs from that of the ' || about || ' that stands.'
        ELSE value || ' differs from the ' || about || ' that stands, which says ' || coalesce(other, 'nothing') || '.'
    END || ' What stands is not overwritten.',
    'correct the record itself'
FROM in_store
WHERE value IS NOT NULL AND value IS DISTINCT FROM other
UNION ALL
SELECT
    r.line, r.place, r.reading, 'value', plain(r.value), 'refused',
    CASE
        WHEN NOT coalesce(list_contains(o.standing, r.value), true)
            THEN plain(r.value) || ' differs from the reading that stands, which says ' || plain(o.standing[1])
                || '. What stands is not overwritten.'
        ELSE plain(r.value) || ' differs from row ' || f.row_number || ', which says ' || plain(o.value)
            || ' for the same reading of the same visit.'
    END,
    CASE WHEN o.standing IS NULL THEN 'number repeat readings in a column' ELSE 'correct the record itself' END
FROM kept_reading AS r
INNER JOIN reading_once AS o USING (part, reading_key)
INNER JOIN main_row AS f ON o.first_line = f.line
WHERE NOT coalesce(list_contains(o.standing, r.value), true) OR (o.standing IS NULL AND r.value <> o.value)
UNION ALL
SELECT
    k.line, k.place, 0, 'visited_on', k.visited_on::VARCHAR, 'refused',
    k.visited_on || ' is before the episode it belongs to was opened (' || s.opened_on || ').', 'correct the record itself'
FROM kept_line AS k
INNER JOIN part_episode AS e USING (part)
INNER JOIN standing_episode AS s ON e.episode_id = s.episode_id
WHERE
    k.visited_on < s.opened_on
    AND k.status = 'kept' AND k.kind <> 'contact'
    AND s.episode_id NOT IN (SELECT episode_id FROM dated_by_no_visit)
UNION ALL
SELECT
    k.line, k.place, 0, 'visited_on', k.visited_on::VARCHAR, 'refused',
    k.visited_on || ' is before the episode it belongs to was opened (' || b.opened_on || ').', NULL
FROM kept_line AS k
INNER JOIN part_episode AS e USING (part)
INNER JOIN begun_episode AS b ON k.person = b.person AND k.care = b.care AND e.block = b.block
WHERE
    e.episode_id IS NULL AND k.visited_on < b.opened_on AND k.opened_on IS NULL
    AND k.status = 'kept' AND k.kind <> 'contact'
UNION ALL
SELECT
    k.line, k.place, 0, 'discharged_on', k.discharged_on::VARCHAR, 'refused',
    k.discharged_on || ' is before the first visit of the episode (' || b.first_visit_on || ').', NULL
FROM kept_line AS k
INNER JOIN part_episode AS e USING (part)
INNER JOIN begun_episode AS b ON k.person = b.person AND k.care = b.care AND e.block = b.block
WHERE e.episode_id IS NULL AND k.discharged_on < coalesce(b.opened_on, b.first_visit_on)
UNION ALL
-- Gaps decide by injury type and cause: a standing visit given another one would silently be counted twice.
SELECT
    k.line, k.place, 0, 'injury_type', k.injury_type, 'refused',
    'this visit stands with another injury type or cause. What stands is not overwritten.', 'correct the record itself'
FROM kept_line AS k
INNER JOIN part AS p USING (part)
WHERE getvariable('import_way') = 'gap' AND p.session_id IS NOT NULL AND p.episode_id IS NULL
UNION ALL
SELECT
    k.line, k.place, 0, 'client_name', NULL, 'refused',
    'several clients of this name and birth date stand, and there is no client number to tell them apart.',
    'give a client number'
FROM kept_line AS k
INNER JOIN person AS p USING (person)
WHERE p.candidates > 1
