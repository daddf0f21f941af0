-- Which of the best customers may be called for marketing, and why may the others not?
SELECT
    permission.reason,
    permission.is_contactable,
    count(*) AS contacts
FROM phoneseg.segment_membership AS membership
INNER JOIN phoneseg.contact_permission AS permission USING (contact_id)
WHERE
    membership.segment_kind = 'rfm'
    AND membership.segment_code = 'champions'
    AND permission.channel = 'call'
    AND permission.purpose = 'marketing'
GROUP BY permission.reason, permission.is_contactable
ORDER BY contacts DESC, permission.reason
