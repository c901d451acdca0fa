-- Ids that stand twice, or are missing. One row per id.
SELECT 'id stands more than once, or is missing' AS problem, table_name, row_id
FROM (
    SELECT 'client' AS table_name, client_id AS row_id FROM records.client
    UNION ALL
    SELECT 'episode', episode_id FROM records.episode
    UNION ALL
    SELECT 'episode_region', episode_region_id FROM records.episode_region
    UNION ALL
    SELECT 'goal', goal_id FROM records.goal
    UNION ALL
    SELECT 'dated_entry', entry_id FROM records.dated_entry
    UNION ALL
    SELECT 'referral', referral_id FROM records.referral
    UNION ALL
    SELECT 'session_part', session_part_id FROM records.session_part
    UNION ALL
    SELECT 'technique_use', technique_use_id FROM records.technique_use
    UNION ALL
    SELECT 'red_flag_found', red_flag_found_id FROM records.red_flag_found
    UNION ALL
    SELECT 'call_made', call_id FROM records.call_made
    UNION ALL
    SELECT 'draft', draft_id FROM records.draft
    UNION ALL
    SELECT 'session', session_id FROM records.session
    UNION ALL
    SELECT 'rating', rating_id FROM records.rating
    UNION ALL
    SELECT 'motion', motion_id FROM records.motion
    UNION ALL
    SELECT 'score', score_id FROM records.score
)
GROUP BY table_name, row_id
HAVING count(*) > 1 OR row_id IS NULL
UNION ALL
SELECT 'two parts of one session for one episode', 'session_part', session_id
FROM records.session_part
GROUP BY session_id, episode_id
HAVING count(*) > 1;
