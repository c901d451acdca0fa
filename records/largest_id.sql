-- The largest id in use. Sequential min-max statistics make this cheap on every size of store.
SELECT greatest(
    coalesce((SELECT max(client_id) FROM records.client), 0),
    coalesce((SELECT max(episode_id) FROM records.episode), 0),
    coalesce((SELECT max(session_id) FROM records.session), 0),
    coalesce((SELECT max(rating_id) FROM records.rating), 0),
    coalesce((SELECT max(motion_id) FROM records.motion), 0),
    coalesce((SELECT max(score_id) FROM records.score), 0),
    coalesce((SELECT max(action_id) FROM records.action), 0)
);
