-- Records that point at nothing, or at somebody else's record. One row per problem and record.
SELECT 'episode of an unknown client' AS problem, 'episode' AS table_name, e.episode_id AS row_id
FROM records.episode AS e
ANTI JOIN records.client AS c ON e.client_id = c.client_id
UNION ALL
SELECT 'episode of an unknown injury type', 'episode', e.episode_id
FROM records.episode AS e
ANTI JOIN records.injury_type AS i ON e.injury_type_id = i.injury_type_id
UNION ALL
SELECT 'session of an unknown client', 'session', s.session_id
FROM records.session AS s
ANTI JOIN records.client AS c ON s.client_id = c.client_id
UNION ALL
SELECT 'session without a part', 'session', s.session_id
FROM records.session AS s
ANTI JOIN records.session_part AS p ON s.session_id = p.session_id
UNION ALL
SELECT 'part that differs from its session in client or date', 'session_part', p.session_id
FROM records.session_part AS p
ANTI JOIN records.session AS s
    ON p.session_id = s.session_id AND p.client_id = s.client_id AND p.visited_on = s.visited_on
-- A withdrawn part may be left behind where two clients were parted again; it cannot be brought back then.
WHERE NOT p.withdrawn
UNION ALL
SELECT 'part of an episode of another client', 'session_part', p.session_id
FROM records.session_part AS p
ANTI JOIN records.episode AS e ON p.episode_id = e.episode_id AND p.client_id = e.client_id
UNION ALL
SELECT 'reading without its session part', 'rating', r.rating_id
FROM records.rating AS r
ANTI JOIN records.session_part AS p
    ON r.session_id = p.session_id AND r.episode_id = p.episode_id AND r.client_id = p.client_id
UNION ALL
SELECT 'reading without its session part', 'motion', m.motion_id
FROM records.motion AS m
ANTI JOIN records.session_part AS p
    ON m.session_id = p.session_id AND m.episode_id = p.episode_id AND m.client_id = p.client_id
UNION ALL
SELECT 'reading without its session part', 'score', r.score_id
FROM records.score AS r
ANTI JOIN records.session_part AS p
    ON r.session_id = p.session_id AND r.episode_id = p.episode_id AND r.client_id = p.client_id
UNION ALL
SELECT 'goal of an unknown episode', 'goal', g.goal_id
FROM records.goal AS g
ANTI JOIN records.episode AS e ON g.episode_id = e.episode_id AND g.client_id = e.client_id
UNION ALL
SELECT 'referral of an unknown episode', 'referral', r.referral_id
FROM records.referral AS r
ANTI JOIN records.episode AS e ON r.episode_id = e.episode_id AND r.client_id = e.client_id
UNION ALL
SELECT 'region of an unknown episode', 'episode_region', r.episode_region_id
FROM records.episode_region AS r
ANTI JOIN records.episode AS e ON r.episode_id = e.episode_id AND r.client_id = e.client_id
UNION ALL
SELECT 'entry of an unknown episode', 'dated_entry', d.entry_id
FROM records.dated_entry AS d
ANTI JOIN records.episode AS e ON d.episode_id = e.episode_id AND d.client_id = e.client_id
UNION ALL
SELECT 'call about an unknown episode', 'call_made', c.call_id
FROM records.call_made AS c
ANTI JOIN records.episode AS e ON c.episode_id = e.episode_id AND c.client_id = e.client_id
UNION ALL
SELECT 'technique without its session part', 'technique_use', t.technique_use_id
FROM records.technique_use AS t
ANTI JOIN records.session_part AS p
    ON t.session_id = p.session_id AND t.episode_id = p.episode_id AND t.client_id = p.client_id
UNION ALL
SELECT 'red flag without its session part', 'red_flag_found', f.red_flag_found_id
FROM records.red_flag_found AS f
ANTI JOIN records.session_part AS p
    ON f.session_id = p.session_id AND f.episode_id = p.episode_id AND f.client_id = p.client_id
UNION ALL
SELECT 'overruled warning without its session part', 'warning_overruled', w.warning_overruled_id
FROM records.warning_overruled AS w
ANTI JOIN records.session_part AS p
    ON w.session_id = p.session_id AND w.episode_id = p.episode_id AND w.client_id = p.client_id
UNION ALL
SELECT 'draft of an unknown client', 'draft', d.draft_id
FROM records.draft AS d
ANTI JOIN records.client AS c ON d.client_id = c.client_id;
