-- Clients who may be one: pairs that share a birth date (day and month in either order), the last nine digits of a telephone
-- number, the words of a name in any order, or a birth date and the beginning of a name. Only pairs that share something
-- are compared: all pairs of 20,000 clients would be 200 million. What more than 40 share tells nobody apart (a birth date
-- a file gave everyone). One name alone, with birth dates that lie apart, is two people. Pairs that were said to be two are
-- left out. One row per pair.
WITH person AS (
    SELECT
        client_id,
        name,
        birth_date,
        phone,
        array_to_string(list_sort(regexp_extract_all(lower(strip_accents(name)), '[\p{L}\p{N}]+')), ' ') AS name_key,
        right(regexp_replace(coalesce(phone, ''), '\D', '', 'g'), 9) AS digits,
        year(birth_date) || '-' || least(day(birth_date), month(birth_date)) || '-'
        || greatest(day(birth_date), month(birth_date)) AS day_key
    FROM visible_client
),
shared AS (
    SELECT client_id, 'born ' || day_key AS what FROM person WHERE day_key IS NOT NULL
    UNION ALL
    SELECT client_id, 'phone ' || digits FROM person WHERE length(digits) >= 7
    UNION ALL
    SELECT client_id, 'name ' || name_key FROM person WHERE name_key <> ''
    UNION ALL
    SELECT client_id, 'both ' || day_key || ' ' || left(name_key, 3) FROM person WHERE day_key IS NOT NULL
),
telling AS (
    SELECT client_id, what FROM shared QUALIFY count(*) OVER (PARTITION BY what) BETWEEN 2 AND 40
),
pair AS (
    SELECT DISTINCT a.client_id AS one_id, b.client_id AS other_id
    FROM telling AS a
    INNER JOIN telling AS b ON a.what = b.what AND a.client_id < b.client_id
),
said_two AS (
    SELECT least(kept_client_id, gone_client_id) AS one_id, greatest(kept_client_id, gone_client_id) AS other_id
    FROM visible_client_merge
    WHERE undone_at IS NOT NULL
)
SELECT
    p.one_id,
    p.other_id,
    one.name AS one_name,
    other.name AS other_name,
    one.birth_date AS one_birth_date,
    other.birth_date AS other_birth_date,
    one.phone AS one_phone,
    other.phone AS other_phone,
    length(one.digits) >= 7 AND one.digits = other.digits AS same_phone
FROM pair AS p
ANTI JOIN said_two AS t ON p.one_id = t.one_id AND p.other_id = t.other_id
INNER JOIN person AS one ON p.one_id = one.client_id
INNER JOIN person AS other ON p.other_id = other.client_id
WHERE
    one.birth_date IS NULL
    OR other.birth_date IS NULL
    OR one.day_key = other.day_key
    OR levenshtein(one.birth_date::VARCHAR, other.birth_date::VARCHAR) = 1
    OR (length(one.digits) >= 7 AND one.digits = other.digits)
ORDER BY p.one_id, p.other_id;
