-- The client moved a joint further than the therapist did. One row per part, movement and side.
SELECT
    a.line,
    'Active and passive exchanged? ' || upper(a.name[1]) || a.name[2:] || coalesce(' ' || a.side, '') || ' active '
    || plain(round(a.degrees, 1)) || '° is more than passive ' || plain(round(p.degrees, 1)) || '°.' AS words,
    a.joint || ' ' || a.movement AS about
FROM motion_now AS a
INNER JOIN motion_now AS p
    ON a.line = p.line AND a.joint = p.joint AND a.movement = p.movement AND a.moment = p.moment
    AND a.side IS NOT DISTINCT FROM p.side
WHERE a.motion_type = 'active' AND p.motion_type = 'passive' AND a.degrees > p.degrees + $active_over_passive_deg;
