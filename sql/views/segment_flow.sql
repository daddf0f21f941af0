-- From which segment to which did contacts go, within the kinds whose segments exclude each other?
WITH move AS (
    SELECT
        as_of,
        previous_as_of,
        contact_id,
        segment_kind,
        max(CASE WHEN change = 'exited' THEN segment_code END) AS from_code,
        max(CASE WHEN change = 'entered' THEN segment_code END) AS to_code
    FROM phoneseg.segment_change
    WHERE segment_kind IN ({exclusive_kinds})
    GROUP BY as_of, previous_as_of, contact_id, segment_kind
)

SELECT
    as_of,
    previous_as_of,
    segment_kind,
    from_code,
    to_code,
    count(*) AS contact_count
FROM move
GROUP BY as_of, previous_as_of, segment_kind, from_code, to_code
