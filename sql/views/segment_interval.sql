-- From when to when was each contact in each segment?
WITH known AS (
    -- the history goes through the runs that kept the versions of their rules
    SELECT min(as_of) AS since
    FROM phoneseg.pipeline_run
    WHERE definition_versions IS NOT NULL
),

event AS (
    SELECT
        contact_id,
        source,
        segment_kind,
        segment_code,
        as_of,
        change,
        cause,
        lead(as_of) OVER later AS next_as_of,
        lead(cause) OVER later AS next_cause,
        row_number() OVER later AS nth
    FROM phoneseg.segment_change
    WINDOW later AS (PARTITION BY contact_id, segment_kind, segment_code ORDER BY as_of)
)

SELECT
    contact_id,
    source,
    segment_kind,
    segment_code,
    as_of AS entered_on,
    next_as_of AS exited_on,
    cause AS entered_cause,
    next_cause AS exited_cause,
    TRUE AS is_entry_known
FROM event
WHERE change = 'entered'
UNION ALL
-- who left first of all was in it before
SELECT
    event.contact_id,
    event.source,
    event.segment_kind,
    event.segment_code,
    known.since AS entered_on,
    event.as_of AS exited_on,
    CAST(NULL AS TEXT) AS entered_cause,
    event.cause AS exited_cause,
    FALSE AS is_entry_known
FROM event
CROSS JOIN known
WHERE event.change = 'exited' AND event.nth = 1
UNION ALL
-- and who neither entered nor left always was
SELECT
    member.contact_id,
    member.source,
    member.segment_kind,
    member.segment_code,
    known.since AS entered_on,
    CAST(NULL AS TIMESTAMP WITH TIME ZONE) AS exited_on,
    CAST(NULL AS TEXT) AS entered_cause,
    CAST(NULL AS TEXT) AS exited_cause,
    FALSE AS is_entry_known
FROM phoneseg.segment_membership AS member
CROSS JOIN known
WHERE
    NOT EXISTS (
        SELECT 1
        FROM phoneseg.segment_change AS change
        WHERE
            change.contact_id = member.contact_id
            AND change.segment_kind = member.segment_kind
            AND change.segment_code = member.segment_code
    )
