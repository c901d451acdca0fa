-- Values outside what their instrument allows. One row per reading.
SELECT 'motion of an unknown joint or movement' AS problem, 'motion' AS table_name, m.motion_id AS row_id
FROM records.motion AS m
ANTI JOIN records.movement AS b ON m.joint = b.joint AND m.movement = b.movement
UNION ALL
SELECT 'motion outside the joint''s bounds', 'motion', m.motion_id
FROM records.motion AS m
INNER JOIN records.movement AS b ON m.joint = b.joint AND m.movement = b.movement
WHERE m.degrees NOT BETWEEN b.lowest_deg AND b.highest_deg
UNION ALL
SELECT 'score outside the scale', 'score', s.score_id
FROM records.score AS s
INNER JOIN records.scale AS b ON s.scale = b.scale
WHERE s.value NOT BETWEEN b.lowest AND b.highest
UNION ALL
SELECT 'rating of an unknown region', 'rating', r.rating_id
FROM records.rating AS r
ANTI JOIN records.region AS n ON r.region = n.region
WHERE r.region IS NOT NULL;
