-- What is wrong in which source, and what can be done?
SELECT
    source,
    severity,
    issue_kind,
    suggested_fix,
    count(*) AS issues,
    count(DISTINCT contact_id) AS contacts
FROM phoneseg.hygiene_issue
GROUP BY source, severity, issue_kind, suggested_fix
ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, issues DESC, source, issue_kind, suggested_fix
