-- Far more pain after the treatment than before it. One row per part and pain.
SELECT
    a.line,
    'Before and after exchanged? Pain' || coalesce(' in the ' || g.name, '') || ' was ' || plain(b.value) || ' before and '
    || plain(a.value) || ' after.' AS words,
    '' AS about
FROM read_reading AS a
INNER JOIN read_reading AS b
    ON a.line = b.line AND a.kind = b.kind AND a.region IS NOT DISTINCT FROM b.region AND a.side IS NOT DISTINCT FROM b.side
LEFT JOIN records.region AS g ON a.region = g.region
WHERE
    a.what = 'pain' AND b.what = 'pain' AND a.moment = 'after' AND b.moment = 'before'
    AND a.value >= b.value + $pain_after_over_before_points;
