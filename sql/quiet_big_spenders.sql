-- Who spent most, and has been quiet for three months?
SELECT
    contact_id,
    amount_sum_all,
    purchase_count_all,
    last_engagement_at,
    country_segment,
    lifecycle_segment,
    rfm_segment
FROM phoneseg.contact_360
WHERE
    amount_sum_all IS NOT NULL
    AND last_engagement_at < (SELECT max(source_as_of) FROM phoneseg.source_watermark) - INTERVAL '90 days'
ORDER BY amount_sum_all DESC, contact_id
LIMIT 20
