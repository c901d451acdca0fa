-- Names a batch added to the practice's lists that records of others use by now: they stay. One row per name.
SELECT 'injury_type' AS table_name, injury_type_id AS row_id
FROM records.episode WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id
UNION
SELECT 'therapist', therapist_id FROM records.episode WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id
UNION
SELECT 'therapist', therapist_id FROM records.session WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id
UNION
SELECT 'office', office_id FROM records.episode WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id
UNION
SELECT 'office', office_id FROM records.session WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id
UNION
SELECT 'office', office_id FROM records.therapist WHERE NOT withdrawn AND batch_id IS DISTINCT FROM $batch_id;
