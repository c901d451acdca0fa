-- A score far from the last one of the same scale, item and side. One row per score.
SELECT
    r.line,
    c.name || coalesce(', ' || r.item, '') || coalesce(' ' || r.side, '') || ' ' || plain(r.value) || '? It was '
    || plain(round(b.value, 1)) || ' on ' || strftime(b.scored_on, '%-d %b %Y') || '.' AS words,
    '' AS about
FROM read_reading AS r
INNER JOIN score_before AS b
    ON r.line = b.line AND r.scale = b.scale AND r.item IS NOT DISTINCT FROM b.item AND r.side IS NOT DISTINCT FROM b.side
INNER JOIN records.scale AS c ON r.scale = c.scale
WHERE
    r.what = 'score'
    AND abs(r.value - b.value) > CASE
        WHEN r.scale IN ('limb_girth', 'limb_volume') THEN b.value * $limb_change_of_last
        ELSE (c.highest - c.lowest)::DOUBLE * $score_change_of_range
    END;
