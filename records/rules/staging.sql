-- The tables between a door and the rules, beside staged_visit (one row per visit of a line, all text as it was given),
-- staged_reading (one row per reading given) and staged_care (one row per technique, red flag, call or dated entry).
-- `line` numbers the rows of all files together; `place` is the visit within its row (1 unless a row holds several);
-- `reading` numbers the readings of a visit and what was done in it, 0 is the visit itself.

-- How the person who gave a value knows it: the column of the file or the label of the form.
-- given is false where the profile, not the file, says the value.
CREATE OR REPLACE TEMP TABLE field_name (
    place INTEGER, reading INTEGER, field VARCHAR, column_name VARCHAR, given BOOLEAN
);

-- What is wrong with a value, or was put right. One row per problem. remedy ends the sentence "Correct the file, or ...".
CREATE OR REPLACE TEMP TABLE problem (
    line BIGINT, place INTEGER, reading INTEGER, field VARCHAR, value VARCHAR,
    fate VARCHAR, reason VARCHAR, remedy VARCHAR
);

-- Names that may be added to a list; NULL stands for any name.
CREATE OR REPLACE TEMP TABLE may_add (list VARCHAR, name VARCHAR);

-- Every value of every list, by the code kept in records and the name people say.
CREATE OR REPLACE TEMP TABLE known_value (list VARCHAR, code VARCHAR, name VARCHAR, rank BIGINT);
INSERT INTO known_value
SELECT 'visit.cause', cause, name, place FROM records.cause
UNION ALL SELECT 'visit.region', region, name, place FROM records.region
UNION ALL SELECT 'reading.region', region, name, place FROM records.region
UNION ALL SELECT 'visit.discharge_reason', discharge_reason, name, place FROM records.discharge_reason
UNION ALL SELECT 'visit.injury_type', name, name, injury_type_id FROM records.injury_type WHERE NOT withdrawn
UNION ALL SELECT 'visit.therapist', name, name, therapist_id FROM records.therapist WHERE NOT withdrawn
UNION ALL SELECT 'visit.office', name, name, office_id FROM records.office WHERE NOT withdrawn
UNION ALL SELECT DISTINCT 'reading.joint', joint, joint, 0 FROM records.movement
UNION ALL SELECT DISTINCT 'reading.movement', movement, replace(movement, '_', ' '), 0 FROM records.movement
UNION ALL SELECT 'reading.scale', scale, name, 0 FROM records.scale
UNION ALL SELECT 'care.technique', technique, name, place FROM records.technique
UNION ALL SELECT 'care.red_flag', red_flag, name, place FROM records.red_flag
UNION ALL SELECT 'care.region', region, name, place FROM records.region;

-- Text without the space around it, whichever space it is. \u00a0 is what Excel and web pages leave behind.
CREATE OR REPLACE TEMP MACRO bare(given) AS trim(given, ' ' || chr(9) || chr(10) || chr(13) || chr(160));

-- A timestamp is taken as written: the fraction of a second and the zone are left out, nothing is shifted.
CREATE OR REPLACE TEMP MACRO without_zone(given) AS
    CASE WHEN contains(given, ':')
        THEN regexp_replace(bare(given), '(\d\d:\d\d(:\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$', '\1')
        ELSE bare(given)
    END;
-- A date in one of the door's forms, else NULL. Without four digits for the year there is no date: 26 may be 1926.
CREATE OR REPLACE TEMP MACRO read_date(given) AS
    CASE WHEN regexp_matches(given, '\d{4}') THEN try_strptime(without_zone(given), getvariable('rules_dates'))::DATE END;
CREATE OR REPLACE TEMP MACRO read_time(given) AS
    try_strptime(without_zone(given), getvariable('rules_times'))::TIME;
-- A day and a time of day together, else NULL.
CREATE OR REPLACE TEMP MACRO read_moment(given) AS
    CASE WHEN contains(given, ':') AND regexp_matches(given, '\d{4}')
        THEN try_strptime(without_zone(given), getvariable('rules_dates'))
    END;
-- A number in the door's decimal mark, else NULL.
CREATE OR REPLACE TEMP MACRO read_number(given) AS
    CASE WHEN regexp_full_match(bare(given), getvariable('rules_number'))
        THEN try_cast(replace(bare(given), getvariable('rules_decimal'), '.') AS DOUBLE)
    END;
-- A whole number, else NULL.
CREATE OR REPLACE TEMP MACRO read_whole(given) AS
    CASE WHEN read_number(given) = floor(read_number(given)) THEN try_cast(read_number(given) AS INTEGER) END;
-- A number as a person writes it: 11, not 11.0.
CREATE OR REPLACE TEMP MACRO plain(number) AS regexp_replace(number::VARCHAR, '\.0+$', '');

-- A form has no profile and no rows: what remedies say of them is for files.
CREATE OR REPLACE TEMP MACRO remedy_words(fate, remedy) AS
    CASE WHEN fate = 'refused'
        THEN 'Correct the ' || getvariable('rules_door')
            || coalesce(
                CASE WHEN getvariable('rules_door') = 'file' OR NOT regexp_matches(remedy::VARCHAR, 'profile|the row')
                    THEN ', or ' || remedy
                END,
                ''
            ) || '.'
    END;
