-- How old is what is published of each source at this moment, and is anything late?
SELECT
    source_type,
    source,
    as_of,
    published_at,
    newest_row_at,
    hours_since_as_of,
    hours_since_newest_row,
    is_late
FROM phoneseg.freshness
ORDER BY is_late DESC, source_type, source
