-- The largest id in use, of every table with ids of its own: no new id may be below it, whatever the clock says.
-- Sequential min-max statistics make this cheap on every size of store.
SELECT max(largest)
FROM (
    SELECT max(client_id) AS largest FROM records.client
    UNION ALL SELECT max(episode_id) FROM records.episode
    UNION ALL SELECT max(episode_region_id) FROM records.episode_region
    UNION ALL SELECT max(goal_id) FROM records.goal
    UNION ALL SELECT max(entry_id) FROM records.dated_entry
    UNION ALL SELECT max(referral_id) FROM records.referral
    UNION ALL SELECT max(session_id) FROM records.session
    UNION ALL SELECT max(session_part_id) FROM records.session_part
    UNION ALL SELECT max(technique_use_id) FROM records.technique_use
    UNION ALL SELECT max(red_flag_found_id) FROM records.red_flag_found
    UNION ALL SELECT max(call_id) FROM records.call_made
    UNION ALL SELECT max(rating_id) FROM records.rating
    UNION ALL SELECT max(motion_id) FROM records.motion
    UNION ALL SELECT max(score_id) FROM records.score
    UNION ALL SELECT max(warning_overruled_id) FROM records.warning_overruled
    UNION ALL SELECT max(client_merge_id) FROM records.client_merge
    UNION ALL SELECT max(practice_id) FROM records.practice
    UNION ALL SELECT max(office_id) FROM records.office
    UNION ALL SELECT max(therapist_id) FROM records.therapist
    UNION ALL SELECT max(physician_id) FROM records.physician
    UNION ALL SELECT max(injury_type_id) FROM records.injury_type
    UNION ALL SELECT max(own_threshold_id) FROM records.own_threshold
    UNION ALL SELECT max(own_reference_id) FROM records.own_reference
    UNION ALL SELECT max(report_id) FROM records.report
    UNION ALL SELECT max(draft_id) FROM records.draft
    UNION ALL SELECT max(batch_id) FROM records.import_batch
    UNION ALL SELECT max(action_id) FROM records.action
    UNION ALL SELECT 0
);
