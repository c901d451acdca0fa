-- What recording, correcting and keeping safe need besides: ids for every row, drafts, warnings overruled, merged clients,
-- and the practice's own settings.

-- Every row has an id and a version, so that it can be corrected, withdrawn and brought back by itself.
-- Columns first, values afterwards: DuckDB commits no table that was altered again after its rows were changed.
ALTER TABLE session_part ADD COLUMN session_part_id BIGINT;
ALTER TABLE technique_use ADD COLUMN technique_use_id BIGINT;
ALTER TABLE technique_use ADD COLUMN ver INTEGER DEFAULT 1;
ALTER TABLE red_flag_found ADD COLUMN red_flag_found_id BIGINT;
ALTER TABLE red_flag_found ADD COLUMN ver INTEGER DEFAULT 1;
ALTER TABLE episode_region ADD COLUMN episode_region_id BIGINT;
ALTER TABLE episode_region ADD COLUMN ver INTEGER DEFAULT 1;
UPDATE session_part SET session_part_id = (SELECT coalesce(max(action_id), 0) FROM action) + 1 + rowid;
UPDATE technique_use SET technique_use_id = (SELECT coalesce(max(action_id), 0) FROM action) + 1 + rowid;
UPDATE red_flag_found SET red_flag_found_id = (SELECT coalesce(max(action_id), 0) FROM action) + 1 + rowid;
UPDATE episode_region SET episode_region_id = (SELECT coalesce(max(action_id), 0) FROM action) + 1 + rowid;

-- A session being written down. Nothing but the form reads it: a draft is no record, and stands in no figure.
-- session_id is the session it became, state says whether it is still open.
CREATE TABLE draft (
    draft_id BIGINT NOT NULL,
    person VARCHAR NOT NULL,
    client_id BIGINT NOT NULL,
    begun_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished', 'discarded')),
    session_id BIGINT
);

-- One section of the form as it was last saved. ver tells two tabs apart that fill the same section.
CREATE TABLE draft_section (
    draft_id BIGINT NOT NULL,
    section VARCHAR NOT NULL,
    content JSON NOT NULL,
    ver INTEGER NOT NULL,
    saved_at TIMESTAMP NOT NULL
);

-- A value that looked wrong, and that the person who entered it says is right: what was asked, in words.
CREATE TABLE warning_overruled (
    warning_overruled_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    warning VARCHAR NOT NULL,
    words VARCHAR NOT NULL,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

-- Two clients who were one: whose records went to whom, row by row, so that it can be taken back.
-- A pair said to be two people (action 'apart') stands here as a merge that was taken back at once, with no rows.
CREATE TABLE client_merge (
    client_merge_id BIGINT NOT NULL,
    kept_client_id BIGINT NOT NULL,
    gone_client_id BIGINT NOT NULL,
    merged_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP,
    action_id BIGINT NOT NULL
);
CREATE TABLE client_merge_row (
    client_merge_id BIGINT NOT NULL,
    table_name VARCHAR NOT NULL,
    row_id BIGINT NOT NULL
);

-- The practice's own settings. closed_after_days is the gap rule: so many days without a visit are still one episode.
ALTER TABLE practice ADD COLUMN phone VARCHAR;
ALTER TABLE practice ADD COLUMN fax VARCHAR;
ALTER TABLE practice ADD COLUMN address VARCHAR;
ALTER TABLE practice ADD COLUMN closed_after_days INTEGER DEFAULT 60;
ALTER TABLE practice ADD COLUMN backup_folder VARCHAR;
ALTER TABLE practice ADD COLUMN ver INTEGER DEFAULT 1;
-- 0, because DuckDB takes `false` for an expression and rewrites the table in the middle of the step.
ALTER TABLE practice ADD COLUMN withdrawn BOOLEAN DEFAULT 0;
ALTER TABLE practice ADD COLUMN action_id BIGINT DEFAULT 0;

-- Numbers the practice uses in place of the published ones, each with its source. A scale's, or a movement's error.
CREATE TABLE own_threshold (
    own_threshold_id BIGINT NOT NULL,
    purpose VARCHAR NOT NULL CHECK (purpose IN ('error', 'important')),
    scale VARCHAR,
    joint VARCHAR,
    movement VARCHAR,
    raters VARCHAR CHECK (raters IN ('same', 'different')),
    region VARCHAR REFERENCES region (region),
    points DOUBLE NOT NULL CHECK (points > 0),
    percent DOUBLE CHECK (percent > 0 AND percent <= 100),
    confidence VARCHAR CHECK (confidence IN ('90 %', '95 %')),
    source VARCHAR NOT NULL CHECK (length(trim(source)) > 0),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    CHECK ((scale IS NULL) = (joint IS NOT NULL) AND (joint IS NULL) = (movement IS NULL)),
    CHECK (scale IS NOT NULL OR (purpose = 'error' AND raters IS NOT NULL AND percent IS NULL))
);
CREATE TABLE own_reference (
    own_reference_id BIGINT NOT NULL,
    joint VARCHAR NOT NULL,
    movement VARCHAR NOT NULL,
    motion_type VARCHAR NOT NULL CHECK (motion_type IN ('active', 'passive')),
    low_deg DOUBLE NOT NULL,
    high_deg DOUBLE CHECK (high_deg >= low_deg),
    sex VARCHAR CHECK (sex IN ('female', 'male')),
    age_from INTEGER CHECK (age_from >= 0),
    age_to INTEGER CHECK (age_to >= age_from),
    source VARCHAR NOT NULL CHECK (length(trim(source)) > 0),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL
);
