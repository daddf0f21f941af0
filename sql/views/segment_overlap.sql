-- How many members do two segments share? Ask for one segment: all pairs together take long.
WITH size AS (
    SELECT
        segment_kind,
        segment_code,
        contact_count
    FROM phoneseg.segment_size
    WHERE as_of = (SELECT max(as_of) FROM phoneseg.segment_size)
),

shared AS (
    SELECT
        member.segment_kind,
        member.segment_code,
        other.segment_kind AS other_kind,
        other.segment_code AS other_code,
        count(*) AS contact_count
    FROM phoneseg.segment_membership AS member
    INNER JOIN phoneseg.segment_membership AS other
        ON
            other.contact_id = member.contact_id
            AND (other.segment_kind <> member.segment_kind OR other.segment_code <> member.segment_code)
    GROUP BY member.segment_kind, member.segment_code, other.segment_kind, other.segment_code
)

SELECT
    shared.segment_kind,
    shared.segment_code,
    shared.other_kind,
    shared.other_code,
    shared.contact_count,
    CAST(round(100.0 * shared.contact_count / size.contact_count, 2) AS DOUBLE PRECISION) AS segment_pct,
    CAST(
        round(
            1.0 * shared.contact_count / (size.contact_count + other_size.contact_count - shared.contact_count), 6
        ) AS DOUBLE PRECISION
    ) AS jaccard
FROM shared
INNER JOIN size ON size.segment_kind = shared.segment_kind AND size.segment_code = shared.segment_code
INNER JOIN size AS other_size
    ON other_size.segment_kind = shared.other_kind AND other_size.segment_code = shared.other_code
