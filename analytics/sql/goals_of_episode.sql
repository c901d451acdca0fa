-- The goals of one episode, the latest set first. One row per goal.
SELECT measure, joint, movement, side, scale, target::DOUBLE AS target, words, set_on, due_on
FROM visible_goal
WHERE client_id = $client_id AND episode_id = $episode_id
ORDER BY set_on DESC;
