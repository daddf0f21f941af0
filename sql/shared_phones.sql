-- Which phones (as tokens) do several contacts share?
SELECT
    phone_token,
    min(number_type) AS number_type,
    min(region_code) AS region_code,
    count(DISTINCT contact_id) AS contacts,
    count(DISTINCT source) AS sources
FROM phoneseg.contact_phone
GROUP BY phone_token
HAVING count(DISTINCT contact_id) > 1
ORDER BY contacts DESC, phone_token
