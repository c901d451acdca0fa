-- Pain before treatment far from the last visit's, of the same kind, region and side. One row per rating.
SELECT
    r.line,
    'Pain' || coalesce(' in the ' || g.name, '') || ' ' || plain(r.value) || '? It was ' || plain(round(b.pain, 1)) || ' on '
    || strftime(b.rated_on, '%-d %b %Y') || '.' AS words,
    '' AS about
FROM read_reading AS r
INNER JOIN pain_before AS b
    ON r.line = b.line AND r.kind = b.kind AND r.region IS NOT DISTINCT FROM b.region AND r.side IS NOT DISTINCT FROM b.side
LEFT JOIN records.region AS g ON r.region = g.region
WHERE r.what = 'pain' AND r.moment = 'before' AND abs(r.value - b.pain) >= $pain_change_points;
