-- What the practice's own repeat readings add up to, over everyone. One row per joint, movement, motion type and raters
-- ("same" or "different"), where enough clients stand behind it and the viewer may read pooled facts.
SELECT joint, movement, motion_type, raters, clients, pairs, sum_of_squares
FROM pooled_repeat_motion
ORDER BY joint, movement, motion_type, raters;
