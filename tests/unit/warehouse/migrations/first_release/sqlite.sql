CREATE TABLE phoneseg_contact_phone (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    phone_column TEXT NOT NULL,
    position SMALLINT NOT NULL,
    phone_token TEXT NOT NULL,
    token_key_id TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    is_valid BOOLEAN NOT NULL,
    validation_result TEXT NOT NULL,
    country_calling_code SMALLINT NOT NULL,
    region_code TEXT,
    national_destination_code TEXT,
    is_geographic BOOLEAN NOT NULL,
    number_type TEXT NOT NULL,
    location_name TEXT,
    time_zones TEXT,
    original_carrier_name TEXT,
    is_carrier_portable BOOLEAN NOT NULL,
    metadata_version TEXT NOT NULL,
    PRIMARY KEY (contact_id, phone_column, position)
);

CREATE TABLE phoneseg_contact_quarantine (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    phone_column TEXT NOT NULL,
    position SMALLINT NOT NULL,
    quarantine_reason TEXT NOT NULL,
    region_hint TEXT,
    phone_length INTEGER NOT NULL,
    metadata_version TEXT NOT NULL,
    PRIMARY KEY (contact_id, phone_column, position)
);

CREATE TABLE phoneseg_contact_profile (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    region_hint TEXT,
    contact_created_at DATETIME,
    contact_updated_at DATETIME,
    phone_count SMALLINT NOT NULL,
    valid_phone_count SMALLINT NOT NULL,
    quarantined_count SMALLINT NOT NULL,
    phone_token TEXT,
    is_valid BOOLEAN,
    country_calling_code SMALLINT,
    region_code TEXT,
    national_destination_code TEXT,
    is_geographic BOOLEAN,
    number_type TEXT,
    location_name TEXT,
    time_zones TEXT,
    original_carrier_name TEXT,
    is_carrier_portable BOOLEAN,
    attributes TEXT,
    PRIMARY KEY (contact_id)
);

CREATE TABLE phoneseg_segment_membership (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    segment_kind TEXT NOT NULL,
    segment_code TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    PRIMARY KEY (contact_id, segment_kind, segment_code)
);

CREATE TABLE phoneseg_segment (
    segment_kind TEXT NOT NULL,
    segment_code TEXT NOT NULL,
    segment_family TEXT NOT NULL,
    segment_name TEXT NOT NULL,
    description TEXT NOT NULL,
    definition TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    is_exclusive BOOLEAN NOT NULL,
    PRIMARY KEY (segment_kind, segment_code)
);

CREATE TABLE phoneseg_segment_size (
    as_of DATETIME NOT NULL,
    segment_kind TEXT NOT NULL,
    segment_code TEXT NOT NULL,
    contact_count BIGINT NOT NULL,
    PRIMARY KEY (as_of, segment_kind, segment_code)
);

CREATE TABLE phoneseg_restricted_phone_number (
    phone_token TEXT NOT NULL,
    token_key_id TEXT NOT NULL,
    phone_e164 TEXT NOT NULL,
    phone_international TEXT NOT NULL,
    phone_national TEXT NOT NULL,
    national_significant_number TEXT NOT NULL,
    PRIMARY KEY (phone_token)
);

CREATE TABLE phoneseg_restricted_quarantine_raw (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    phone_column TEXT NOT NULL,
    position SMALLINT NOT NULL,
    phone_raw TEXT NOT NULL,
    PRIMARY KEY (contact_id, phone_column, position)
);

CREATE TABLE phoneseg_pipeline_run (
    run_id TEXT NOT NULL,
    as_of DATETIME NOT NULL,
    data_interval_start DATETIME NOT NULL,
    data_interval_end DATETIME NOT NULL,
    state TEXT NOT NULL,
    started_at DATETIME NOT NULL,
    finished_at DATETIME,
    sources TEXT NOT NULL,
    is_current BOOLEAN,
    contact_count BIGINT,
    filled_cell_count BIGINT,
    empty_cell_count BIGINT,
    phone_count BIGINT,
    valid_phone_count BIGINT,
    quarantined_count BIGINT,
    membership_count BIGINT,
    checks_passed BIGINT,
    phoneseg_version TEXT NOT NULL,
    metadata_version TEXT NOT NULL,
    PRIMARY KEY (run_id)
);
