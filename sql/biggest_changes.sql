-- Which segments grew or shrank most since the run before?
SELECT
    segment_kind,
    segment_code,
    segment_name,
    contact_count,
    contact_change,
    change_pct
FROM phoneseg.segment_trend
WHERE
    as_of = (SELECT max(as_of) FROM phoneseg.segment_trend)
    AND contact_change <> 0
ORDER BY abs(contact_change) DESC, segment_kind, segment_code
LIMIT 20
