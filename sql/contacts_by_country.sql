-- How many contacts, with how many valid phones, are in each country?
SELECT
    membership.segment_code AS region_code,
    segment.segment_name AS country,
    count(*) AS contacts,
    sum(profile.valid_phone_count) AS valid_phones
FROM phoneseg.segment_membership AS membership
INNER JOIN phoneseg.segment USING (segment_kind, segment_code)
INNER JOIN phoneseg.contact_profile AS profile USING (contact_id)
WHERE membership.segment_kind = 'country'
GROUP BY membership.segment_code, segment.segment_name
ORDER BY contacts DESC, region_code
