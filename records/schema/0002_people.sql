-- The practice and everyone in it. Ids are made by the program; links between tables are checked by integrity/,
-- because a shared lake store knows no keys (see docs/decisions.md).
CREATE TABLE practice (
    practice_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    is_sample BOOLEAN NOT NULL DEFAULT false,
    created_on DATE NOT NULL
);

CREATE TABLE office (
    office_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

CREATE TABLE therapist (
    therapist_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    credential VARCHAR,
    licence_number VARCHAR,
    office_id BIGINT,
    available_minutes_per_week INTEGER CHECK (available_minutes_per_week BETWEEN 0 AND 10080),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

CREATE TABLE physician (
    physician_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    practice_name VARCHAR,
    phone VARCHAR,
    fax VARCHAR,
    address VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);

CREATE TABLE injury_type (
    injury_type_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    region VARCHAR REFERENCES region (region),
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT
);
-- The list a new practice starts with and edits from there.
INSERT INTO injury_type (injury_type_id, name, region, action_id) VALUES
    (1, 'Low back strain', 'low_back', 0),
    (2, 'Neck pain', 'neck', 0),
    (3, 'Neck pain, whiplash', 'neck', 0),
    (4, 'Shoulder strain', 'shoulder', 0),
    (5, 'Tension headache', 'head_jaw', 0),
    (6, 'Hip and gluteal pain', 'hip_glute', 0),
    (7, 'Forearm overuse', 'forearm', 0),
    (8, 'Pregnancy, low back and pelvis', 'sacrum_pelvis', 0),
    (9, 'Knee sprain', 'knee', 0),
    (10, 'After shoulder surgery', 'shoulder', 0),
    (11, 'After knee surgery', 'knee', 0),
    (12, 'Heel and foot pain', 'ankle_foot', 0),
    (13, 'Ankle sprain', 'ankle_foot', 0),
    (14, 'Jaw pain', 'head_jaw', 0),
    (15, 'Upper and mid back pain', 'upper_back', 0),
    (16, 'Thigh strain', 'thigh', 0),
    (17, 'Lymphoedema of the arm', 'upper_arm', 0),
    (18, 'Other', NULL, 0);

CREATE TABLE client (
    client_id BIGINT NOT NULL,
    name VARCHAR NOT NULL CHECK (length(trim(name)) > 0),
    birth_date DATE CHECK (birth_date >= DATE '1890-01-01'),
    sex VARCHAR CHECK (sex IN ('female', 'male', 'other')),
    phone VARCHAR,
    guardian VARCHAR,
    language VARCHAR,
    draping_preference VARCHAR,
    pressure_preference VARCHAR,
    consent_shared_with VARCHAR,
    consent_until DATE,
    source VARCHAR,
    source_ref VARCHAR,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL,
    batch_id BIGINT,
    source_row INTEGER
);
