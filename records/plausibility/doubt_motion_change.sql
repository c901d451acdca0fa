-- Motion far from the last visit's. One row per movement, side and motion type.
SELECT
    n.line,
    upper(n.name[1]) || n.name[2:] || coalesce(' ' || n.side, '')
    || CASE n.motion_type WHEN 'passive' THEN ', passive, ' ELSE ' ' END || plain(round(n.degrees, 1)) || '°? It was '
    || plain(round(b.degrees, 1)) || '° on ' || strftime(b.measured_on, '%-d %b %Y') || '.' AS words,
    n.joint || ' ' || n.movement || ' ' || n.motion_type AS about
FROM motion_now AS n
INNER JOIN motion_before AS b
    ON n.line = b.line AND n.joint = b.joint AND n.movement = b.movement AND n.motion_type = b.motion_type
    AND n.side IS NOT DISTINCT FROM b.side
WHERE n.moment = 'before' AND abs(n.degrees - b.degrees) > $motion_change_deg;
