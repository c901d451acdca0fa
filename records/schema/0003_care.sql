-- Episodes of care: one client, one complaint, from evaluation to discharge.
CREATE TABLE episode (
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    injury_type_id BIGINT NOT NULL,
    cause VARCHAR NOT NULL REFERENCES cause (cause),
    mechanism VARCHAR,
    onset_on DATE,
    surgery_on DATE,
    chronicity VARCHAR CHECK (chronicity IN ('under_6_weeks', '6_to_12_weeks', 'over_3_months')),
    comorbidity_count SMALLINT CHECK (comorbidity_count BETWEEN 0 AND 40),
    comorbidity VARCHAR,
    therapist_id BIGINT,
    office_id BIGINT,
    opened_on DATE NOT NULL,
    on_hold BOOLEAN NOT NULL DEFAULT false,
    discharged_on DATE CHECK (discharged_on >= opened_on),
    discharge_reason VARCHAR REFERENCES discharge_reason (discharge_reason),
    discharge_note VARCHAR,
    source VARCHAR,
    source_ref VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);

-- place 1 is the main complaint.
CREATE TABLE episode_region (
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    place SMALLINT NOT NULL CHECK (place >= 1),
    region VARCHAR NOT NULL REFERENCES region (region),
    side VARCHAR CHECK (side IN ('left', 'right', 'both', 'midline')),
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

-- What treatment is to reach: a number for pain, a motion or a score, or daily words.
CREATE TABLE goal (
    goal_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    measure VARCHAR NOT NULL CHECK (measure IN ('pain', 'motion', 'score', 'words')),
    joint VARCHAR,
    movement VARCHAR,
    side VARCHAR CHECK (side IN ('left', 'right')),
    scale VARCHAR,
    target DECIMAL(9, 3),
    words VARCHAR,
    set_on DATE NOT NULL,
    due_on DATE,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    CHECK ((measure = 'words') = (words IS NOT NULL AND target IS NULL)),
    CHECK ((measure = 'motion') = (joint IS NOT NULL AND movement IS NOT NULL)),
    CHECK ((measure = 'score') = (scale IS NOT NULL))
);

-- Facts in words that change during care, each with the day it was said.
CREATE TABLE dated_entry (
    entry_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    entered_on DATE NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('medication', 'work_status', 'daily_words')),
    words VARCHAR NOT NULL,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

-- A physician's (or other) referral and the visits it orders.
CREATE TABLE referral (
    referral_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    referral_source VARCHAR REFERENCES referral_source (referral_source),
    physician_id BIGINT,
    diagnosis VARCHAR,
    visits_ordered SMALLINT CHECK (visits_ordered BETWEEN 1 AND 400),
    ordered_on DATE,
    expires_on DATE CHECK (expires_on >= ordered_on),
    payer_kind VARCHAR REFERENCES payer_kind (payer_kind),
    payer VARCHAR,
    claim_number VARCHAR,
    physician_visit_on DATE,
    order_copy BLOB,
    order_copy_name VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);
