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
ANTI JOIN records.episode AS e ON r.episode_id = e.episode_id AND r.client_id = e.client_id;
