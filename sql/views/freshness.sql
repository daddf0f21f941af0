-- How old is what is published of each source at this moment, and is anything late?
WITH run AS (
    SELECT
        as_of,
        sources,
        published_at,
        is_current,
        data_interval_end - data_interval_start AS period
    FROM phoneseg.pipeline_run
    WHERE published_at IS NOT NULL AND pipeline = 'segment_contacts'
),

published AS (
    SELECT
        'contacts' AS source_type,
        watermark.source,
        watermark.source_as_of AS as_of,
        watermark.watermark_at AS newest_row_at,
        max(run.published_at) AS published_at,
        max(run.period) AS period
    FROM phoneseg.source_watermark AS watermark
    LEFT JOIN run
        ON
            run.as_of = watermark.source_as_of
            AND strpos(concat(',', run.sources, ','), concat(',', watermark.source, ',')) > 0
    GROUP BY watermark.source, watermark.source_as_of, watermark.watermark_at
    UNION ALL
    SELECT
        'activity' AS source_type,
        size.activity_source AS source,
        size.as_of,
        size.newest_occurred_at AS newest_row_at,
        max(run.published_at) AS published_at,
        max(run.period) AS period
    FROM phoneseg.activity_size AS size
    INNER JOIN run ON run.as_of = size.as_of
    WHERE size.as_of = (SELECT max(as_of) FROM run WHERE is_current)
    GROUP BY size.activity_source, size.as_of, size.newest_occurred_at
    UNION ALL
    SELECT
        size.source_type,
        size.permission_source AS source,
        size.as_of,
        size.newest_decided_at AS newest_row_at,
        max(run.published_at) AS published_at,
        max(run.period) AS period
    FROM phoneseg.permission_size AS size
    INNER JOIN run ON run.as_of = size.as_of
    WHERE size.as_of = (SELECT max(as_of) FROM run WHERE is_current)
    GROUP BY size.source_type, size.permission_source, size.as_of, size.newest_decided_at
)

SELECT
    source_type,
    source,
    as_of,
    published_at,
    newest_row_at,
    CAST(round(extract(EPOCH FROM (current_timestamp - as_of)) / 3600) AS DOUBLE PRECISION) AS hours_since_as_of,
    CAST(
        round(extract(EPOCH FROM (current_timestamp - newest_row_at)) / 3600) AS DOUBLE PRECISION
    ) AS hours_since_newest_row,
    -- the next interval ends one period later; a run has six hours for it
    current_timestamp > as_of + coalesce(period, INTERVAL '1 day') + INTERVAL '6 hours' AS is_late
FROM published
