-- Sessions and what was read in them. client_id, episode_id and the date are repeated on every reading, and rows are
-- written sorted by client, episode and date, because one-client queries then read a small part of a large file.
CREATE TABLE session (
    session_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    visited_on DATE NOT NULL CHECK (visited_on >= DATE '1900-01-01'),
    start_time TIME,
    kind VARCHAR NOT NULL CHECK (kind IN ('evaluation', 'treatment', 're_evaluation', 'discharge', 'contact')),
    status VARCHAR NOT NULL CHECK (status IN ('booked', 'kept', 'no_show', 'late_cancel')),
    therapist_id BIGINT,
    office_id BIGINT,
    red_flags_asked BOOLEAN,
    source VARCHAR,
    source_ref VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);

-- The part of a session that belongs to one episode. Nearly every session has one part; a visit that serves two
-- complaints has two, each with its own minutes, note and home exercise, so that a report on one shows nothing of
-- the other and an order is charged only where it has minutes.
CREATE TABLE session_part (
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    visited_on DATE NOT NULL,
    minutes SMALLINT CHECK (minutes BETWEEN 0 AND 480),
    home_done SMALLINT CHECK (home_done >= 0),
    home_prescribed SMALLINT CHECK (home_prescribed >= 0),
    adverse_reaction VARCHAR,
    flare_marked BOOLEAN,
    note VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

CREATE TABLE technique_use (
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    visited_on DATE NOT NULL,
    technique VARCHAR NOT NULL REFERENCES technique (technique),
    region VARCHAR REFERENCES region (region),
    minutes SMALLINT CHECK (minutes BETWEEN 0 AND 480),
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

CREATE TABLE red_flag_found (
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    visited_on DATE NOT NULL,
    red_flag VARCHAR NOT NULL REFERENCES red_flag (red_flag),
    words VARCHAR,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

-- A telephone call made about a client: whom, when, about what.
CREATE TABLE call_made (
    call_id BIGINT NOT NULL,
    session_id BIGINT,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    called_at TIMESTAMP NOT NULL,
    called_whom VARCHAR NOT NULL,
    about VARCHAR NOT NULL,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

-- Pain 0-10, halves allowed. A missing rating has no row; it is never 0.
CREATE TABLE rating (
    rating_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    rated_on DATE NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('now', 'worst', 'best', 'average')),
    moment VARCHAR NOT NULL CHECK (moment IN ('before', 'after', 'between')),
    region VARCHAR,
    side VARCHAR CHECK (side IN ('left', 'right', 'both', 'midline')),
    pain DECIMAL(3, 1) NOT NULL CHECK (pain BETWEEN 0 AND 10 AND pain * 2 = floor(pain * 2)),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);

-- One reading of one movement. Repeat readings are kept (repeat_number 2, 3 ...): they give the practice its own error.
CREATE TABLE motion (
    motion_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    measured_on DATE NOT NULL,
    joint VARCHAR NOT NULL,
    movement VARCHAR NOT NULL,
    side VARCHAR CHECK (side IN ('left', 'right')),
    motion_type VARCHAR NOT NULL CHECK (motion_type IN ('active', 'passive')),
    moment VARCHAR NOT NULL CHECK (moment IN ('before', 'after')),
    repeat_number SMALLINT NOT NULL DEFAULT 1 CHECK (repeat_number >= 1),
    degrees DECIMAL(5, 1) NOT NULL CHECK (degrees BETWEEN -180 AND 360),
    instrument VARCHAR CHECK (instrument IN ('goniometer', 'inclinometer', 'crom', 'app', 'visual')),
    rater_id BIGINT,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);

-- One value of any scale in instruments/. item names the activity (PSFS) or the landmark (limb girth).
CREATE TABLE score (
    score_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    scored_on DATE NOT NULL,
    scale VARCHAR NOT NULL REFERENCES scale (scale),
    item VARCHAR,
    side VARCHAR CHECK (side IN ('left', 'right')),
    value DOUBLE NOT NULL,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);
