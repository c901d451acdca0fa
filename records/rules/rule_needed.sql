-- What no visit can do without. One row per value that is missing.
WITH missing AS (
    SELECT
        line,
        place,
        unnest([
            {
                field: 'client_ref',
                lacks: client_ref IS NULL AND (client_name IS NULL OR birth_date IS NULL),
                reason: 'there is no client. A row needs a client number, or a name and a birth date (a name alone does not'
                || ' tell two people apart).',
                remedy: 'take the row out if it is not a visit'
            },
            {
                field: 'client_name',
                lacks: client_name IS NULL AND client_ref IS NOT NULL,
                reason: 'there is no name for this client.',
                remedy: 'let the profile make one from the client number'
            },
            {
                field: 'visited_on',
                lacks: visited_on IS NULL,
                reason: 'there is no date. Every visit needs one.',
                remedy: 'let the profile say it'
            },
            {field: 'kind', lacks: kind IS NULL, reason: 'there is no kind of visit.', remedy: 'let the profile say it'},
            {
                field: 'status',
                lacks: status IS NULL,
                reason: 'it is not said whether the visit was kept.',
                remedy: 'let the profile say it'
            },
            {
                field: 'injury_type',
                lacks: injury_type IS NULL,
                reason: 'there is no injury type.',
                remedy: 'let the profile say it'
            },
            {
                field: 'cause',
                lacks: cause IS NULL,
                reason: 'there is no cause; "unknown" is a cause.',
                remedy: 'let the profile say it'
            },
            {
                field: 'episode_ref',
                lacks: episode_ref IS NULL AND EXISTS (FROM field_name WHERE field = 'episode_ref'),
                reason: 'there is no episode number.',
                remedy: 'let the profile find episodes by a gap between visits'
            }
        ], recursive := true)
    FROM staged_visit
    SEMI JOIN read_visit USING (line, place)
    -- Only lines that lack something are taken apart: this filter is what keeps a million good rows fast.
    WHERE
        client_ref IS NULL OR client_name IS NULL OR visited_on IS NULL OR kind IS NULL OR status IS NULL
        OR injury_type IS NULL OR cause IS NULL
        OR (episode_ref IS NULL AND EXISTS (FROM field_name WHERE field = 'episode_ref'))
)
SELECT m.line, m.place, 0 AS reading, m.field, NULL AS value, 'refused' AS fate, m.reason, m.remedy
FROM missing AS m
WHERE m.lacks;
