-- Left and right of a movement fit the last visit better the other way round, or only the other side was ever measured.
-- One row per part and movement.
WITH both_sides AS (
    SELECT
        n.line, n.joint, n.movement, n.motion_type, n.name,
        max(n.degrees) FILTER (n.side = 'left') AS left_now,
        max(n.degrees) FILTER (n.side = 'right') AS right_now,
        max(b.degrees) FILTER (b.side = 'left') AS left_before,
        max(b.degrees) FILTER (b.side = 'right') AS right_before
    FROM motion_now AS n
    INNER JOIN motion_before AS b USING (line, joint, movement, side, motion_type)
    WHERE n.moment = 'before'
    GROUP BY ALL
),
one_side AS (
    SELECT n.line, n.joint, n.movement, n.motion_type, n.name, min(n.side) AS side
    FROM motion_now AS n
    WHERE n.moment = 'before' AND n.side IS NOT NULL
    GROUP BY ALL
    HAVING count(DISTINCT n.side) = 1
),
before AS (
    SELECT line, joint, movement, motion_type, min(side) AS side
    FROM motion_before
    WHERE side IS NOT NULL
    GROUP BY ALL
    HAVING count(DISTINCT side) = 1
)
SELECT
    line,
    'Left and right exchanged? ' || upper(name[1]) || name[2:]
    || CASE motion_type WHEN 'passive' THEN ', passive,' ELSE '' END || ' left ' || plain(round(left_now, 1)) || '° and right '
    || plain(round(right_now, 1)) || '° are close to last time''s right (' || plain(round(right_before, 1)) || '°) and left ('
    || plain(round(left_before, 1)) || '°).' AS words,
    joint || ' ' || movement || ' ' || motion_type AS about
FROM both_sides
WHERE
    abs(left_now - right_before) <= $swapped_within_deg
    AND abs(right_now - left_before) <= $swapped_within_deg
    AND abs(left_now - left_before) + abs(right_now - right_before)
    >= abs(left_now - right_before) + abs(right_now - left_before) + $swapped_nearer_by_deg
UNION ALL
SELECT
    o.line,
    'The other side? ' || upper(o.name[1]) || o.name[2:]
    || CASE o.motion_type WHEN 'passive' THEN ', passive,' ELSE '' END || ' was only ever measured ' || b.side
    || ' in this episode, and now '
    || o.side || '.',
    o.joint || ' ' || o.movement || ' ' || o.motion_type
FROM one_side AS o
INNER JOIN before AS b USING (line, joint, movement, motion_type)
WHERE o.side <> b.side;
