-- The day each release so far speaks of. One row per release.
SELECT as_of FROM visible_release ORDER BY as_of;
