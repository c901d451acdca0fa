-- A score far from the last one of the same scale, item and side. One row per score.
SELECT
    r.line,
    c.name || coalesce(', ' || r.item, '') || coalesce(' ' || r.side, '') || ' ' || plain(r.value) || '? It was '
    || plain(b.value) || ' on ' || strftime(b.scored_on, '%-d %b %Y') || '.' AS words,
    '' AS about
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
