-- When was each source last published, how new are its rows, and is anything late?
SELECT
    watermark.source,
    watermark.source_as_of AS published_as_of,
    max(run.finished_at) AS published_at,
    watermark.watermark_at AS newest_updated_at,
    round(extract(EPOCH FROM (current_timestamp - watermark.source_as_of)) / 3600) AS hours_since_as_of,
    round(extract(EPOCH FROM (watermark.source_as_of - watermark.watermark_at)) / 3600) AS hours_without_update,
    -- a daily interval, six hours to publish the next one
    watermark.source_as_of < current_timestamp - INTERVAL '30 hours' AS is_late
FROM phoneseg.source_watermark AS watermark
LEFT JOIN phoneseg.pipeline_run AS run
    ON
        run.state = 'published'
        AND run.as_of = watermark.source_as_of
        AND concat(',', run.sources, ',') LIKE concat('%,', watermark.source, ',%')
GROUP BY watermark.source, watermark.source_as_of, watermark.watermark_at
ORDER BY is_late DESC, watermark.source
