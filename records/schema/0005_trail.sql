-- Who did what: one action per thing a person did, one audit line per record it touched, in the same transaction.
CREATE TABLE action (
    action_id BIGINT PRIMARY KEY,
    idempotency_key VARCHAR UNIQUE,
    acted_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    reason VARCHAR
);

-- The chain: hash covers the previous hash and this line, with digests in place of values, so that erasing a person's
-- values later leaves the chain whole. Digests are salted: a digest of "pain 3" alone could be guessed.
CREATE TABLE audit (
    seq BIGINT NOT NULL,
    action_id BIGINT NOT NULL,
    acted_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    row_id BIGINT,
    client_id BIGINT,
    ver INTEGER,
    values_digest VARCHAR NOT NULL,
    previous_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

CREATE TABLE audit_values (
    seq BIGINT NOT NULL,
    salt VARCHAR NOT NULL,
    before JSON,
    after JSON,
    reason VARCHAR
);

CREATE TABLE import_batch (
    batch_id BIGINT NOT NULL,
    action_id BIGINT NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    profile VARCHAR NOT NULL,
    profile_text VARCHAR NOT NULL,
    file_names VARCHAR NOT NULL,
    file_digest VARCHAR NOT NULL,
    row_count INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    corrected INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    people INTEGER NOT NULL,
    undone_at TIMESTAMP,
    CHECK (row_count = accepted + corrected + duplicate + refused)
);

-- Rows of a file that were not simply accepted, as they stood in it, with the reason.
CREATE TABLE import_row (
    batch_id BIGINT NOT NULL,
    file_name VARCHAR NOT NULL,
    row_number INTEGER NOT NULL,
    fate VARCHAR NOT NULL CHECK (fate IN ('corrected', 'duplicate', 'refused')),
    reason VARCHAR NOT NULL,
    raw VARCHAR NOT NULL
);

-- Each report exactly as it was sent, with the facts in it.
CREATE TABLE report (
    report_id BIGINT NOT NULL,
    episode_id BIGINT NOT NULL,
    client_id BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    sent_to VARCHAR,
    sent_by VARCHAR,
    facts JSON NOT NULL,
    document BLOB NOT NULL,
    document_digest VARCHAR NOT NULL,
    ver INTEGER NOT NULL DEFAULT 1,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    action_id BIGINT NOT NULL
);
