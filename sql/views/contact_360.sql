-- What is there to know of each contact, with its segments of each kind, and when did it last change?
WITH label AS (
    SELECT
        {segment_columns},
        contact_id
    FROM phoneseg.segment_membership
    GROUP BY contact_id
)

SELECT
    {profile_columns},
    updated.updated_at,
    {label_columns}
FROM phoneseg.contact_profile AS profile
LEFT JOIN label ON label.contact_id = profile.contact_id
LEFT JOIN phoneseg.contact_update AS updated ON updated.contact_id = profile.contact_id
