-- Why did contacts enter or leave segments at the last run?
SELECT
    segment_kind,
    change,
    cause,
    count(*) AS contacts
FROM phoneseg.segment_change
WHERE as_of = (SELECT max(as_of) FROM phoneseg.segment_size)
GROUP BY segment_kind, change, cause
ORDER BY contacts DESC, segment_kind, change, cause
