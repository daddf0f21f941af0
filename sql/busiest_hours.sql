-- At which hour of their own day do the contacts of each country do most?
SELECT
    region_code,
    busiest_hour_all AS local_hour,
    count(*) AS contacts
FROM phoneseg.contact_profile
WHERE busiest_hour_all IS NOT NULL
GROUP BY region_code, busiest_hour_all
ORDER BY contacts DESC, region_code, local_hour
LIMIT 20
