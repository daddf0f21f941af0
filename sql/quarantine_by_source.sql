-- Which source sends cells that are no phone numbers, and why?
SELECT
    source,
    phone_column,
    quarantine_reason,
    count(*) AS cells
FROM phoneseg.contact_quarantine
GROUP BY source, phone_column, quarantine_reason
ORDER BY cells DESC, source, phone_column, quarantine_reason
