-- When did the last runs publish, and how many rows?
SELECT
    run_id,
    pipeline,
    as_of,
    state,
    is_current,
    started_at,
    finished_at,
    contact_count,
    number_count,
    phone_count,
    quarantined_count,
    membership_count
FROM phoneseg.pipeline_run
ORDER BY started_at DESC
