-- The largest id in use. Sequential min-max statistics make this cheap on every size of store.
SELECT max(largest)
FROM (
    SELECT max(client_id) AS largest FROM records.client
    UNION ALL SELECT max(episode_id) FROM records.episode
    UNION ALL SELECT max(episode_region_id) FROM records.episode_region
    UNION ALL SELECT max(session_id) FROM records.session
    UNION ALL SELECT max(session_part_id) FROM records.session_part
    UNION ALL SELECT max(technique_use_id) FROM records.technique_use
    UNION ALL SELECT max(red_flag_found_id) FROM records.red_flag_found
    UNION ALL SELECT max(rating_id) FROM records.rating
    UNION ALL SELECT max(motion_id) FROM records.motion
    UNION ALL SELECT max(score_id) FROM records.score
    UNION ALL SELECT max(draft_id) FROM records.draft
    UNION ALL SELECT max(action_id) FROM records.action
    UNION ALL SELECT 0
);
