-- What one viewer may read. The access rule stands here once; a cursor without viewer_scope reads no row of any of these.
-- viewer_scope: 'all', 'office' (viewer_office) or 'own' (viewer_therapist: leads the episode or gave a session in it).
-- viewer_person: the account, as the trail names it.
CREATE OR REPLACE VIEW visible_episode AS
SELECT e.*
FROM live.episode AS e
WHERE
    getvariable('viewer_scope') = 'all'
    OR (getvariable('viewer_scope') = 'office' AND e.office_id = getvariable('viewer_office'))
    OR (
        getvariable('viewer_scope') = 'own'
        AND (
            e.therapist_id = getvariable('viewer_therapist')
            OR e.episode_id IN (
                SELECT p.episode_id
                FROM live.session_part AS p
                INNER JOIN live.session AS s ON p.session_id = s.session_id AND p.client_id = s.client_id
                WHERE s.therapist_id = getvariable('viewer_therapist') AND s.status = 'kept'
            )
        )
    );

-- A client with an episode the viewer sees. One without any episode yet (just entered) is seen by whoever wrote the client
-- down as it stands, so that they can open the first one.
CREATE OR REPLACE VIEW visible_client AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row)
FROM records.client
WHERE
    NOT withdrawn
    AND (
        getvariable('viewer_scope') = 'all'
        OR client_id IN (SELECT client_id FROM visible_episode)
        OR (
            client_id NOT IN (SELECT client_id FROM live.episode)
            AND action_id IN (SELECT action_id FROM records.action WHERE actor = getvariable('viewer_person'))
        )
    );

CREATE OR REPLACE VIEW visible_session_part AS
SELECT * FROM live.session_part
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_session AS
SELECT * FROM live.session
WHERE getvariable('viewer_scope') = 'all' OR session_id IN (SELECT session_id FROM visible_session_part);

CREATE OR REPLACE VIEW visible_visit AS
SELECT * FROM live.visit
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_episode_course AS
SELECT * FROM live.episode_course
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_visit_pain AS
SELECT * FROM live.visit_pain
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_pain_course AS
SELECT * FROM live.pain_course
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_pain_series AS
SELECT * FROM live.pain_series
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_asked_pain AS
SELECT * FROM live.asked_pain
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_rating AS
SELECT * FROM live.rating
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_motion AS
SELECT * FROM live.motion
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_motion_course AS
SELECT * FROM live.motion_course
WHERE getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode);

CREATE OR REPLACE VIEW visible_score AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row) FROM records.score
WHERE
    NOT withdrawn
    AND (getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode));

CREATE OR REPLACE VIEW visible_technique_use AS
SELECT u.* EXCLUDE (withdrawn, batch_id), t.name AS technique_name
FROM records.technique_use AS u
LEFT JOIN records.technique AS t USING (technique)
WHERE
    NOT u.withdrawn
    AND (getvariable('viewer_scope') = 'all' OR u.episode_id IN (SELECT episode_id FROM visible_episode));

CREATE OR REPLACE VIEW visible_episode_region AS
SELECT r.* EXCLUDE (withdrawn, batch_id), n.name AS region_name
FROM records.episode_region AS r
LEFT JOIN records.region AS n USING (region)
WHERE
    NOT r.withdrawn
    AND (getvariable('viewer_scope') = 'all' OR r.episode_id IN (SELECT episode_id FROM visible_episode));

CREATE OR REPLACE VIEW visible_goal AS
SELECT * EXCLUDE (withdrawn, batch_id) FROM records.goal
WHERE
    NOT withdrawn
    AND (getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode));

CREATE OR REPLACE VIEW visible_dated_entry AS
SELECT * EXCLUDE (withdrawn, batch_id) FROM records.dated_entry
WHERE
    NOT withdrawn
    AND (getvariable('viewer_scope') = 'all' OR episode_id IN (SELECT episode_id FROM visible_episode));

CREATE OR REPLACE VIEW visible_referral AS
SELECT r.* EXCLUDE (withdrawn, batch_id, order_copy), p.name AS physician_name
FROM records.referral AS r
LEFT JOIN records.physician AS p USING (physician_id)
WHERE
    NOT r.withdrawn
    AND (getvariable('viewer_scope') = 'all' OR r.episode_id IN (SELECT episode_id FROM visible_episode));

-- The practice's own lists: every viewer may read the names, nobody without a viewer.
CREATE OR REPLACE VIEW visible_practice AS
SELECT * FROM records.practice WHERE getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_office AS
SELECT office_id, name FROM records.office WHERE NOT withdrawn AND getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_therapist AS
SELECT therapist_id, name, credential, office_id
FROM records.therapist
WHERE NOT withdrawn AND getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_injury_type AS
SELECT injury_type_id, name, region
FROM records.injury_type
WHERE NOT withdrawn AND getvariable('viewer_scope') IS NOT NULL;

-- The same lists with the entries that were withdrawn from them: nobody is offered these, but what was recorded with one
-- keeps its name.
CREATE OR REPLACE VIEW visible_office_ever AS
SELECT office_id, name FROM records.office WHERE getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_therapist_ever AS
SELECT therapist_id, name, credential, office_id FROM records.therapist WHERE getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_injury_type_ever AS
SELECT injury_type_id, name, region FROM records.injury_type WHERE getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_movement AS
SELECT joint, movement, name, region, sided FROM records.movement WHERE getvariable('viewer_scope') IS NOT NULL;

CREATE OR REPLACE VIEW visible_cause AS
SELECT * FROM records.cause WHERE getvariable('viewer_scope') IS NOT NULL;

-- Import batches hold rows about anyone, so only a viewer of the whole practice reads them.
CREATE OR REPLACE VIEW visible_import_batch AS
SELECT * FROM records.import_batch WHERE getvariable('viewer_scope') = 'all';

CREATE OR REPLACE VIEW visible_import_row AS
SELECT * FROM records.import_row WHERE getvariable('viewer_scope') = 'all';

-- What left the practice as a release, by the day it speaks of.
CREATE OR REPLACE VIEW visible_release AS
SELECT action_id, acted_at, replace(reason, 'as of ', '')::DATE AS as_of
FROM records.action
WHERE what = 'release' AND getvariable('viewer_scope') = 'all';

-- What was withdrawn can be found and brought back by those who could read it: an episode one leads, or gave a session in;
-- of a withdrawn episode the sessions went with it, so they count here.
CREATE OR REPLACE VIEW visible_episode_ever AS
SELECT e.episode_id, e.client_id
FROM records.episode AS e
WHERE
    getvariable('viewer_scope') = 'all'
    OR e.episode_id IN (SELECT episode_id FROM visible_episode)
    OR (
        e.withdrawn
        AND (
            (getvariable('viewer_scope') = 'office' AND e.office_id = getvariable('viewer_office'))
            OR (
                getvariable('viewer_scope') = 'own'
                AND (
                    e.therapist_id = getvariable('viewer_therapist')
                    OR e.episode_id IN (
                        SELECT p.episode_id
                        FROM records.session_part AS p
                        INNER JOIN records.session AS s ON p.session_id = s.session_id
                        WHERE s.therapist_id = getvariable('viewer_therapist') AND s.status = 'kept'
                    )
                )
            )
        )
    );

-- The clients of these episodes, and those without an episode ever whom this person wrote down, withdrawn by them or not.
CREATE OR REPLACE VIEW visible_client_ever AS
SELECT client_id
FROM records.client
WHERE
    getvariable('viewer_scope') = 'all'
    OR client_id IN (SELECT client_id FROM visible_episode_ever)
    OR (
        client_id NOT IN (SELECT client_id FROM records.episode)
        AND action_id IN (SELECT action_id FROM records.action WHERE actor = getvariable('viewer_person'))
    );

-- Every record as it is written down now, withdrawn ones included, with who last acted on it. One row per record.
CREATE OR REPLACE VIEW visible_record AS
SELECT w.*, a.acted_at, a.actor, a.what, a.reason
FROM live.written AS w
LEFT JOIN records.action AS a ON w.action_id = a.action_id
WHERE
    getvariable('viewer_scope') = 'all'
    OR w.episode_id IN (SELECT episode_id FROM visible_episode_ever)
    OR (
        w.table_name = 'session'
        AND w.row_id IN (
            SELECT session_id FROM records.session_part
            WHERE episode_id IN (SELECT episode_id FROM visible_episode_ever)
        )
    )
    OR (w.table_name = 'client' AND w.client_id IN (SELECT client_id FROM visible_client_ever));

-- What was withdrawn, with the record it was withdrawn with: itself, when it is what a person withdrew. One row per record.
CREATE OR REPLACE VIEW visible_withdrawn AS
SELECT r.* EXCLUDE (withdrawn), l.with_table, l.with_row_id
FROM visible_record AS r
LEFT JOIN (
    SELECT action_id, arg_min(table_name, seq) AS with_table, arg_min(row_id, seq) AS with_row_id
    FROM records.audit
    WHERE what = 'withdraw'
    GROUP BY action_id
) AS l ON r.action_id = l.action_id
WHERE r.withdrawn;

-- Every version of every record about a client, as the trail keeps it; what an import brought has no line of its own until
-- it is changed. One row per audit line.
CREATE OR REPLACE VIEW visible_history AS
WITH line AS (
    SELECT
        a.seq, a.action_id, a.table_name, a.row_id, a.client_id, a.ver, a.acted_at, a.actor, a.what,
        v.reason, v.before, v.after,
        b.acted_at AS before_at, b.actor AS before_actor, b.what AS before_what, b.reason AS before_reason,
        CASE
            WHEN a.table_name = 'episode' THEN a.row_id
            ELSE coalesce(v.after ->> '$.episode_id', v.before ->> '$.episode_id')::BIGINT
        END AS episode_id
    FROM records.audit AS a
    LEFT JOIN records.audit_values AS v ON a.seq = v.seq
    LEFT JOIN records.action AS b ON (v.before ->> '$.action_id')::BIGINT = b.action_id
    WHERE a.row_id IS NOT NULL AND a.client_id IS NOT NULL
)
SELECT *
FROM line
WHERE
    getvariable('viewer_scope') = 'all'
    OR episode_id IN (SELECT episode_id FROM visible_episode_ever)
    OR (
        table_name = 'session'
        AND row_id IN (
            SELECT session_id FROM records.session_part
            WHERE episode_id IN (SELECT episode_id FROM visible_episode_ever)
        )
    )
    OR (table_name = 'client' AND row_id IN (SELECT client_id FROM visible_client_ever));

-- Clients who were said to be one, or (what is 'apart') two: only a viewer of the whole practice reads them.
CREATE OR REPLACE VIEW visible_client_merge AS
SELECT m.*, a.actor, a.what, a.reason
FROM records.client_merge AS m
LEFT JOIN records.action AS a ON m.action_id = a.action_id
WHERE getvariable('viewer_scope') = 'all';

-- What a value may be chosen from, by the list's name: the code or id kept in records, and the name people say.
CREATE OR REPLACE VIEW visible_choice AS
WITH choice AS (
    SELECT 'cause' AS list, cause AS code, name, place FROM records.cause
    UNION ALL SELECT 'region', region, name, place FROM records.region
    UNION ALL SELECT 'technique', technique, name, place FROM records.technique
    UNION ALL SELECT 'red_flag', red_flag, name, place FROM records.red_flag
    UNION ALL SELECT 'discharge_reason', discharge_reason, name, place FROM records.discharge_reason
    UNION ALL SELECT 'referral_source', referral_source, name, place FROM records.referral_source
    UNION ALL SELECT 'payer_kind', payer_kind, name, place FROM records.payer_kind
    UNION ALL SELECT 'scale', scale, name, 0 FROM records.scale
    UNION ALL SELECT 'injury_type', injury_type_id::VARCHAR, name, 0 FROM records.injury_type WHERE NOT withdrawn
    UNION ALL SELECT 'therapist', therapist_id::VARCHAR, name, 0 FROM records.therapist WHERE NOT withdrawn
    UNION ALL SELECT 'office', office_id::VARCHAR, name, 0 FROM records.office WHERE NOT withdrawn
    UNION ALL SELECT 'physician', physician_id::VARCHAR, name, 0 FROM records.physician WHERE NOT withdrawn
    UNION ALL SELECT DISTINCT 'joint', joint, joint, 0 FROM records.movement
    UNION ALL SELECT DISTINCT 'movement', movement, replace(movement, '_', ' '), 0 FROM records.movement
)
SELECT * FROM choice WHERE getvariable('viewer_scope') IS NOT NULL;

-- Visible episodes narrowed to what a question is about; every argument may be NULL: not narrowed. Dates are inclusive.
CREATE OR REPLACE MACRO visible_chosen_episode(since, until, therapist, office, injury, because) AS TABLE
SELECT *
FROM visible_episode AS e
WHERE (since::DATE IS NULL OR e.opened_on >= since::DATE)
    AND (until::DATE IS NULL OR e.opened_on <= until::DATE)
    AND (therapist::BIGINT IS NULL OR e.therapist_id = therapist::BIGINT)
    AND (office::BIGINT IS NULL OR e.office_id = office::BIGINT)
    AND (injury::BIGINT IS NULL OR e.injury_type_id = injury::BIGINT)
    AND (because::VARCHAR IS NULL OR e.cause = because::VARCHAR);
