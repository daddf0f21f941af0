-- Which contacts are signals of the last 30 days about, by which detector, and what did people find?
WITH member AS (
    SELECT
        phone.contact_id,
        found.*
    FROM phoneseg.risk_member AS found
    INNER JOIN phoneseg.contact_phone AS phone ON found.member = phone.phone_token
    WHERE found.member_kind = 'number'
    UNION ALL
    SELECT
        found.member AS contact_id,
        found.*
    FROM phoneseg.risk_member AS found
    WHERE found.member_kind = 'contact'
)

SELECT
    member.contact_id,
    member.signal_kind,
    MAX(member.as_of) AS last_as_of,
    COUNT(DISTINCT member.as_of) AS signal_count,
    MAX(review.label) AS label
FROM member
LEFT JOIN phoneseg.risk_review AS review
    ON member.signal_kind = review.signal_kind AND member.subject = review.subject
WHERE member.as_of > (SELECT MAX(newest.as_of) FROM phoneseg.risk_signal AS newest) - INTERVAL '30' DAY
GROUP BY member.contact_id, member.signal_kind
ORDER BY signal_count DESC, member.contact_id ASC, member.signal_kind ASC;
