-- Own numbers of the practice that name nothing this program knows: no figure uses them. One row per number.
SELECT 'own number of an unknown scale or movement' AS problem, 'own_threshold' AS table_name, t.own_threshold_id AS row_id
FROM records.own_threshold AS t
LEFT JOIN records.scale AS s ON t.scale = s.scale
LEFT JOIN records.movement AS m ON t.joint = m.joint AND t.movement = m.movement
WHERE NOT t.withdrawn AND s.scale IS NULL AND m.movement IS NULL
UNION ALL
SELECT 'own reference of an unknown movement', 'own_reference', r.own_reference_id
FROM records.own_reference AS r
ANTI JOIN records.movement AS m ON r.joint = m.joint AND r.movement = m.movement
WHERE NOT r.withdrawn;
