-- Who was an active contact at the end of a day, and until when?
SELECT
    contact_id,
    entered_on,
    exited_on,
    is_entry_known
FROM phoneseg.segment_interval
WHERE
    segment_kind = 'lifecycle'
    AND segment_code = 'active'
    AND entered_on <= TIMESTAMP WITH TIME ZONE '2026-07-01 00:00:00+00'
    AND (exited_on IS NULL OR exited_on > TIMESTAMP WITH TIME ZONE '2026-07-01 00:00:00+00')
ORDER BY entered_on, contact_id
LIMIT 20
