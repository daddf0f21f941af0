-- Which other segments do the best customers stand in?
SELECT
    other_kind,
    other_code,
    contact_count,
    segment_pct,
    jaccard
FROM phoneseg.segment_overlap
WHERE
    segment_kind = 'rfm'
    AND segment_code = 'champions'
ORDER BY contact_count DESC, other_kind, other_code
LIMIT 20
