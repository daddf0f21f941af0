-- What types of numbers do the contacts of each stage of life have, by the reports?
SELECT
    overlap.segment_code AS lifecycle,
    overlap.other_code AS number_type,
    overlap.contact_count,
    round(100.0 * overlap.contact_count / stage.contact_count, 1) AS lifecycle_pct
FROM phoneseg_report.overlap_report AS overlap
INNER JOIN phoneseg_report.segment_report AS stage
    ON
        stage.as_of = overlap.as_of
        AND stage.segment_kind = overlap.segment_kind
        AND stage.segment_code = overlap.segment_code
WHERE
    overlap.segment_kind = 'lifecycle'
    AND overlap.other_kind = 'number_type'
    AND overlap.as_of = (SELECT max(as_of) FROM phoneseg_report.overlap_report)
ORDER BY overlap.contact_count DESC, lifecycle, number_type
