-- How did the sizes of the countries change from run to run?
SELECT
    size.as_of,
    size.segment_code,
    size.contact_count,
    size.contact_count - lag(size.contact_count) OVER (
        PARTITION BY size.segment_code ORDER BY size.as_of
    ) AS change_since_last
FROM phoneseg.segment_size AS size
WHERE size.segment_kind = 'country'
ORDER BY size.segment_code, size.as_of
