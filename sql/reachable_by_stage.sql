-- How many contacts of each stage of life have a valid number, and how many a mobile one?
SELECT
    lifecycle_segment,
    count(*) AS contacts,
    count(CASE WHEN is_valid THEN 1 END) AS with_valid_number,
    count(CASE WHEN is_valid AND number_type = 'MOBILE' THEN 1 END) AS with_mobile,
    count(CASE WHEN is_valid AND number_type = 'FIXED_LINE_OR_MOBILE' THEN 1 END) AS perhaps_mobile
FROM phoneseg.contact_360
GROUP BY lifecycle_segment
ORDER BY contacts DESC
