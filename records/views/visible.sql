-- What one viewer may read. The access rule stands here once; a cursor without viewer_scope reads no row of any of these.
-- viewer_scope: 'all', 'office' (viewer_office) or 'own' (viewer_therapist: leads the episode or gave a session in it).
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

CREATE OR REPLACE VIEW visible_client AS
SELECT * EXCLUDE (withdrawn, batch_id, source_row)
FROM records.client
WHERE
    NOT withdrawn
    AND (
        getvariable('viewer_scope') = 'all'
        OR client_id IN (SELECT client_id FROM visible_episode)
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
