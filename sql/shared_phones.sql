-- Which numbers (as tokens) do several contacts share, and whose are they?
SELECT
    shared.phone_token,
    shared.kind,
    shared.evidence,
    min(phone.number_type) AS number_type,
    min(phone.region_code) AS region_code,
    shared.contact_count AS contacts,
    shared.person_count AS persons
FROM phoneseg.shared_number AS shared
LEFT JOIN phoneseg.contact_phone AS phone USING (phone_token)
GROUP BY shared.phone_token, shared.kind, shared.evidence, shared.contact_count, shared.person_count
ORDER BY contacts DESC, shared.phone_token
