-- How big is each segment now, with its name and definition?
SELECT
    segment.segment_family,
    segment.segment_kind,
    segment.segment_code,
    segment.segment_name,
    segment.definition,
    count(membership.contact_id) AS contacts
FROM phoneseg.segment
INNER JOIN phoneseg.segment_membership AS membership USING (segment_kind, segment_code)
GROUP BY
    segment.segment_family, segment.segment_kind, segment.segment_code, segment.segment_name, segment.definition
ORDER BY segment.segment_family, segment.segment_kind, contacts DESC, segment.segment_code
