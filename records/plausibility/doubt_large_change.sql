-- A value far from the last one of the same series. One row per value.
SELECT
    n.line,
    upper(n.name[1]) || n.name[2:] || coalesce(' ' || n.side, '') || ' ' || plain(round(n.degrees, 1)) || '°? It was '
    || plain(round(b.degrees, 1)) || '° on ' || strftime(b.measured_on, '%-d %b %Y') || '.' AS words,
    n.joint || ' ' || n.movement || ' ' || n.motion_type AS about
FROM motion_now AS n
INNER JOIN motion_before AS b
    ON n.line = b.line AND n.joint = b.joint AND n.movement = b.movement AND n.motion_type = b.motion_type
    AND n.side IS NOT DISTINCT FROM b.side
WHERE n.moment = 'before' AND abs(n.degrees - b.degrees) > $motion_change_deg
UNION ALL
SELECT
    r.line,
    'Pain' || coalesce(' in the ' || g.name, '') || ' ' || plain(r.value) || '? It was ' || plain(b.pain) || ' on '
    || strftime(b.rated_on, '%-d %b %Y') || '.',
    ''
FROM read_reading AS r
INNER JOIN pain_before AS b
    ON r.line = b.line AND r.kind = b.kind AND r.region IS NOT DISTINCT FROM b.region AND r.side IS NOT DISTINCT FROM b.side
LEFT JOIN records.region AS g ON r.region = g.region
WHERE r.what = 'pain' AND r.moment = 'before' AND abs(r.value - b.pain) >= $pain_change_points
UNION ALL
SELECT
    r.line,
    c.name || coalesce(', ' || r.item, '') || coalesce(' ' || r.side, '') || ' ' || plain(r.value) || '? It was '
    || plain(b.value) || ' on ' || strftime(b.scored_on, '%-d %b %Y') || '.',
    ''
FROM read_reading AS r
INNER JOIN served AS s USING (line)
INNER JOIN read_visit AS v USING (line)
INNER JOIN records.scale AS c ON r.scale = c.scale
INNER JOIN LATERAL (
    SELECT arg_max(e.value, e.scored_on) AS value, max(e.scored_on) AS scored_on
    FROM records.score AS e
    WHERE
        e.client_id = s.client_id AND e.episode_id = s.episode_id AND NOT e.withdrawn AND e.scale = r.scale
        AND e.item IS NOT DISTINCT FROM r.item AND e.side IS NOT DISTINCT FROM r.side AND e.scored_on < v.visited_on
) AS b ON b.scored_on IS NOT NULL
WHERE
    r.what = 'score'
    AND abs(r.value - b.value) > CASE
        WHEN r.scale IN ('limb_girth', 'limb_volume') THEN b.value * $limb_change_of_last
        ELSE (c.highest - c.lowest)::DOUBLE * $score_change_of_range
    END;
