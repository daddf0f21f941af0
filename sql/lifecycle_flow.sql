-- How many contacts went from which stage of life to which at the last run?
SELECT
    coalesce(from_code, '(new)') AS from_stage,
    coalesce(to_code, '(gone)') AS to_stage,
    contact_count
FROM phoneseg.segment_flow
WHERE
    segment_kind = 'lifecycle'
    AND as_of = (SELECT max(as_of) FROM phoneseg.segment_size)
ORDER BY contact_count DESC, from_stage, to_stage
