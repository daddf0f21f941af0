-- How big was each segment at each as_of, and how did that change?
WITH timeline AS (
    SELECT
        as_of,
        lag(as_of) OVER (ORDER BY as_of) AS previous_as_of,
        lead(as_of) OVER (ORDER BY as_of) AS next_as_of
    FROM (SELECT DISTINCT as_of FROM phoneseg.segment_size) AS dated
),

contacts AS (
    SELECT
        as_of,
        contact_count,
        row_number() OVER (PARTITION BY as_of ORDER BY published_at DESC) AS nth
    FROM phoneseg.pipeline_run
    WHERE published_at IS NOT NULL AND pipeline = 'segment_contacts'
),

point AS (
    SELECT
        size.as_of,
        timeline.previous_as_of,
        size.segment_kind,
        size.segment_code,
        size.contact_count
    FROM phoneseg.segment_size AS size
    INNER JOIN timeline ON timeline.as_of = size.as_of
    UNION ALL
    -- a segment without members has no size
    SELECT
        timeline.next_as_of AS as_of,
        size.as_of AS previous_as_of,
        size.segment_kind,
        size.segment_code,
        0 AS contact_count
    FROM phoneseg.segment_size AS size
    INNER JOIN timeline ON timeline.as_of = size.as_of
    WHERE
        timeline.next_as_of IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM phoneseg.segment_size AS later
            WHERE
                later.as_of = timeline.next_as_of
                AND later.segment_kind = size.segment_kind
                AND later.segment_code = size.segment_code
        )
)

SELECT
    point.as_of,
    point.previous_as_of,
    point.segment_kind,
    point.segment_code,
    segment.segment_name,
    point.contact_count,
    CASE
        WHEN point.previous_as_of IS NOT NULL THEN point.contact_count - coalesce(former.contact_count, 0)
    END AS contact_change,
    CAST(
        round(100.0 * (point.contact_count - former.contact_count) / former.contact_count, 2) AS DOUBLE PRECISION
    ) AS change_pct,
    CAST(round(100.0 * point.contact_count / nullif(contacts.contact_count, 0), 2) AS DOUBLE PRECISION) AS contact_pct
FROM point
LEFT JOIN phoneseg.segment_size AS former
    ON
        former.as_of = point.previous_as_of
        AND former.segment_kind = point.segment_kind
        AND former.segment_code = point.segment_code
LEFT JOIN contacts ON contacts.as_of = point.as_of AND contacts.nth = 1
LEFT JOIN phoneseg.segment
    ON segment.segment_kind = point.segment_kind AND segment.segment_code = point.segment_code
