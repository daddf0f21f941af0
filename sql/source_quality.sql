-- Which source gets worse, and in what?
WITH scored AS (
    SELECT
        source,
        as_of,
        quality_score,
        validity,
        consistency,
        freshness,
        lag(as_of) OVER (PARTITION BY source ORDER BY as_of) AS previous_as_of,
        lag(quality_score) OVER (PARTITION BY source ORDER BY as_of) AS previous_score,
        lag(validity) OVER (PARTITION BY source ORDER BY as_of) AS previous_validity,
        lag(consistency) OVER (PARTITION BY source ORDER BY as_of) AS previous_consistency,
        lag(freshness) OVER (PARTITION BY source ORDER BY as_of) AS previous_freshness
    FROM phoneseg.quality_score
)

SELECT
    source,
    previous_as_of,
    as_of,
    quality_score,
    quality_score - previous_score AS score_change,
    validity - previous_validity AS validity_change,
    consistency - previous_consistency AS consistency_change,
    freshness - previous_freshness AS freshness_change
FROM scored
WHERE previous_as_of IS NOT NULL
ORDER BY as_of DESC, score_change, source
