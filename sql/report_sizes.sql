-- How big is each segment by the reports, and how has that changed since the first of the last thirty?
WITH day AS (
    SELECT
        as_of,
        row_number() OVER (ORDER BY as_of DESC) AS nth
    FROM (SELECT DISTINCT as_of FROM phoneseg_report.contact_report) AS dated
),

spanned AS (
    SELECT
        min(as_of) AS first_as_of,
        max(as_of) AS last_as_of
    FROM day
    WHERE nth <= 30
)

SELECT
    newest.segment_kind,
    newest.segment_name,
    newest.contact_count,
    former.contact_count AS former_contact_count,
    newest.contact_count - former.contact_count AS contact_change
FROM spanned
INNER JOIN phoneseg_report.segment_report AS newest ON newest.as_of = spanned.last_as_of
LEFT JOIN phoneseg_report.segment_report AS former
    ON
        former.as_of = spanned.first_as_of
        AND former.segment_kind = newest.segment_kind
        AND former.segment_code = newest.segment_code
ORDER BY newest.segment_kind, newest.contact_count DESC, newest.segment_name
