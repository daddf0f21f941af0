-- In which stages of life are the contacts of each country, by the reports?
SELECT
    overlap.segment_code AS country,
    overlap.other_code AS lifecycle,
    overlap.contact_count,
    round(100.0 * overlap.contact_count / country.contact_count, 1) AS country_pct
FROM phoneseg_report.overlap_report AS overlap
INNER JOIN phoneseg_report.segment_report AS country
    ON
        country.as_of = overlap.as_of
        AND country.segment_kind = overlap.segment_kind
        AND country.segment_code = overlap.segment_code
WHERE
    overlap.segment_kind = 'country'
    AND overlap.other_kind = 'lifecycle'
    AND overlap.as_of = (SELECT max(as_of) FROM phoneseg_report.overlap_report)
ORDER BY overlap.contact_count DESC, country, lifecycle
