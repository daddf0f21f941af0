-- Which contacts are one person, and what do they have in common?
SELECT
    canonical_contact_id,
    contact_id,
    member_count,
    match_rule,
    score
FROM phoneseg.contact_canonical
WHERE member_count > 1
ORDER BY member_count DESC, canonical_contact_id, contact_id
