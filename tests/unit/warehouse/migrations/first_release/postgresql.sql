CREATE SCHEMA IF NOT EXISTS phoneseg;

CREATE SCHEMA IF NOT EXISTS phoneseg_restricted;

CREATE SCHEMA IF NOT EXISTS phoneseg_staging;

CREATE TABLE phoneseg.contact_phone (
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
COMMENT ON TABLE phoneseg.contact_phone IS 'One phone number of a contact that parsed and has a possible length. (current)';
COMMENT ON COLUMN phoneseg.contact_phone.contact_id IS 'Contact as `<source>:<id>`.';
COMMENT ON COLUMN phoneseg.contact_phone.source IS 'Name of the contact source in the settings.';
COMMENT ON COLUMN phoneseg.contact_phone.phone_column IS 'Column of the source that the number stood in.';
COMMENT ON COLUMN phoneseg.contact_phone.position IS 'Position of the number in its cell, from 1; always 1 so far.';
COMMENT ON COLUMN phoneseg.contact_phone.phone_token IS 'HMAC-SHA-256 of the E.164 number, first 128 bits as hex.';
COMMENT ON COLUMN phoneseg.contact_phone.token_key_id IS 'Which key made the token.';
COMMENT ON COLUMN phoneseg.contact_phone.is_primary IS 'The contact''s first valid phone in the configured order, else its first.';
COMMENT ON COLUMN phoneseg.contact_phone.is_valid IS 'Whether the number is in a range that is in use.';
COMMENT ON COLUMN phoneseg.contact_phone.validation_result IS 'libphonenumber''s ValidationResult, such as IS_POSSIBLE.';
COMMENT ON COLUMN phoneseg.contact_phone.country_calling_code IS 'Calling code without the plus, such as 44.';
COMMENT ON COLUMN phoneseg.contact_phone.region_code IS 'Region of the number, ISO 3166 alpha-2; 001 is an international service.';
COMMENT ON COLUMN phoneseg.contact_phone.national_destination_code IS 'Area code or mobile prefix.';
COMMENT ON COLUMN phoneseg.contact_phone.is_geographic IS 'Whether the number is tied to a place.';
COMMENT ON COLUMN phoneseg.contact_phone.number_type IS 'libphonenumber''s PhoneNumberType, such as MOBILE.';
COMMENT ON COLUMN phoneseg.contact_phone.location_name IS 'Place of the number, in English.';
COMMENT ON COLUMN phoneseg.contact_phone.time_zones IS 'IANA time zones, comma-separated.';
COMMENT ON COLUMN phoneseg.contact_phone.original_carrier_name IS 'Carrier the range was first given to; a ported number may be elsewhere.';
COMMENT ON COLUMN phoneseg.contact_phone.is_carrier_portable IS 'Whether mobile numbers of the region can change their carrier.';
COMMENT ON COLUMN phoneseg.contact_phone.metadata_version IS 'Version of phonenumbers that said all this.';

CREATE TABLE phoneseg.contact_quarantine (
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
COMMENT ON TABLE phoneseg.contact_quarantine IS 'One filled phone cell that gave no possible number. (current)';
COMMENT ON COLUMN phoneseg.contact_quarantine.contact_id IS 'Contact as `<source>:<id>`.';
COMMENT ON COLUMN phoneseg.contact_quarantine.source IS 'Name of the contact source in the settings.';
COMMENT ON COLUMN phoneseg.contact_quarantine.phone_column IS 'Column of the source that the number stood in.';
COMMENT ON COLUMN phoneseg.contact_quarantine.position IS 'Position of the number in its cell, from 1; always 1 so far.';
COMMENT ON COLUMN phoneseg.contact_quarantine.quarantine_reason IS 'Why: see the list of reasons in the documentation.';
COMMENT ON COLUMN phoneseg.contact_quarantine.region_hint IS 'Region the number was read in, ISO 3166 alpha-2.';
COMMENT ON COLUMN phoneseg.contact_quarantine.phone_length IS 'Characters in the cell.';
COMMENT ON COLUMN phoneseg.contact_quarantine.metadata_version IS 'Version of phonenumbers that said so.';

CREATE TABLE phoneseg.contact_profile (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    region_hint TEXT,
    contact_created_at TIMESTAMP WITH TIME ZONE,
    contact_updated_at TIMESTAMP WITH TIME ZONE,
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
COMMENT ON TABLE phoneseg.contact_profile IS 'One contact. (current)';
COMMENT ON COLUMN phoneseg.contact_profile.contact_id IS 'Contact as `<source>:<id>`.';
COMMENT ON COLUMN phoneseg.contact_profile.source IS 'Name of the contact source in the settings.';
COMMENT ON COLUMN phoneseg.contact_profile.region_hint IS 'Region of the source row, ISO 3166 alpha-2.';
COMMENT ON COLUMN phoneseg.contact_profile.contact_created_at IS 'When the source row was created (UTC).';
COMMENT ON COLUMN phoneseg.contact_profile.contact_updated_at IS 'When the source row last changed (UTC).';
COMMENT ON COLUMN phoneseg.contact_profile.phone_count IS 'Phones in contact_phone.';
COMMENT ON COLUMN phoneseg.contact_profile.valid_phone_count IS 'Phones in contact_phone that are valid.';
COMMENT ON COLUMN phoneseg.contact_profile.quarantined_count IS 'Phone cells in contact_quarantine.';
COMMENT ON COLUMN phoneseg.contact_profile.phone_token IS 'Token of the primary phone.';
COMMENT ON COLUMN phoneseg.contact_profile.is_valid IS 'Whether the primary phone is valid.';
COMMENT ON COLUMN phoneseg.contact_profile.country_calling_code IS 'Of the primary phone: Calling code without the plus, such as 44.';
COMMENT ON COLUMN phoneseg.contact_profile.region_code IS 'Of the primary phone: Region of the number, ISO 3166 alpha-2; 001 is an international service.';
COMMENT ON COLUMN phoneseg.contact_profile.national_destination_code IS 'Of the primary phone: Area code or mobile prefix.';
COMMENT ON COLUMN phoneseg.contact_profile.is_geographic IS 'Of the primary phone: Whether the number is tied to a place.';
COMMENT ON COLUMN phoneseg.contact_profile.number_type IS 'Of the primary phone: libphonenumber''s PhoneNumberType, such as MOBILE.';
COMMENT ON COLUMN phoneseg.contact_profile.location_name IS 'Of the primary phone: Place of the number, in English.';
COMMENT ON COLUMN phoneseg.contact_profile.time_zones IS 'Of the primary phone: IANA time zones, comma-separated.';
COMMENT ON COLUMN phoneseg.contact_profile.original_carrier_name IS 'Of the primary phone: Carrier the range was first given to; a ported number may be elsewhere.';
COMMENT ON COLUMN phoneseg.contact_profile.is_carrier_portable IS 'Of the primary phone: Whether mobile numbers of the region can change their carrier.';
COMMENT ON COLUMN phoneseg.contact_profile.attributes IS 'The source''s attribute columns as a JSON object of strings, keys sorted.';

CREATE TABLE phoneseg.segment_membership (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    segment_kind TEXT NOT NULL,
    segment_code TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    PRIMARY KEY (contact_id, segment_kind, segment_code)
);
COMMENT ON TABLE phoneseg.segment_membership IS 'One contact in one segment. (current)';
COMMENT ON COLUMN phoneseg.segment_membership.contact_id IS 'Contact as `<source>:<id>`.';
COMMENT ON COLUMN phoneseg.segment_membership.source IS 'Name of the contact source in the settings.';
COMMENT ON COLUMN phoneseg.segment_membership.segment_kind IS 'Kind of the segment, such as country.';
COMMENT ON COLUMN phoneseg.segment_membership.segment_code IS 'Code of the segment within its kind, such as DE.';
COMMENT ON COLUMN phoneseg.segment_membership.definition_version IS 'Version of the rule that made the member.';

CREATE TABLE phoneseg.segment (
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
COMMENT ON TABLE phoneseg.segment IS 'One segment that has members: the dictionary for labels and definitions. (current)';
COMMENT ON COLUMN phoneseg.segment.segment_kind IS 'Kind of the segment, such as country.';
COMMENT ON COLUMN phoneseg.segment.segment_code IS 'Code of the segment within its kind, such as DE.';
COMMENT ON COLUMN phoneseg.segment.segment_family IS 'Family of the kind, such as geographic.';
COMMENT ON COLUMN phoneseg.segment.segment_name IS 'Name for people.';
COMMENT ON COLUMN phoneseg.segment.description IS 'What the kind says of a contact.';
COMMENT ON COLUMN phoneseg.segment.definition IS 'Rule that makes a member.';
COMMENT ON COLUMN phoneseg.segment.definition_version IS 'Version of the rule.';
COMMENT ON COLUMN phoneseg.segment.is_exclusive IS 'Whether a contact has at most one segment of the kind.';

CREATE TABLE phoneseg.segment_size (
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    segment_kind TEXT NOT NULL,
    segment_code TEXT NOT NULL,
    contact_count BIGINT NOT NULL,
    PRIMARY KEY (as_of, segment_kind, segment_code)
);
COMMENT ON TABLE phoneseg.segment_size IS 'The size of one segment at one as_of. (dated)';
COMMENT ON COLUMN phoneseg.segment_size.as_of IS 'End of the data interval (UTC).';
COMMENT ON COLUMN phoneseg.segment_size.segment_kind IS 'Kind of the segment, such as country.';
COMMENT ON COLUMN phoneseg.segment_size.segment_code IS 'Code of the segment within its kind, such as DE.';
COMMENT ON COLUMN phoneseg.segment_size.contact_count IS 'Members.';

CREATE TABLE phoneseg_restricted.phone_number (
    phone_token TEXT NOT NULL,
    token_key_id TEXT NOT NULL,
    phone_e164 TEXT NOT NULL,
    phone_international TEXT NOT NULL,
    phone_national TEXT NOT NULL,
    national_significant_number TEXT NOT NULL,
    PRIMARY KEY (phone_token)
);
COMMENT ON TABLE phoneseg_restricted.phone_number IS 'One distinct phone number in clear. (current)';
COMMENT ON COLUMN phoneseg_restricted.phone_number.phone_token IS 'HMAC-SHA-256 of the E.164 number, first 128 bits as hex.';
COMMENT ON COLUMN phoneseg_restricted.phone_number.token_key_id IS 'Which key made the token.';
COMMENT ON COLUMN phoneseg_restricted.phone_number.phone_e164 IS 'The number in E.164.';
COMMENT ON COLUMN phoneseg_restricted.phone_number.phone_international IS 'International format, for people.';
COMMENT ON COLUMN phoneseg_restricted.phone_number.phone_national IS 'National format, for people.';
COMMENT ON COLUMN phoneseg_restricted.phone_number.national_significant_number IS 'Digits after the calling code.';

CREATE TABLE phoneseg_restricted.quarantine_raw (
    contact_id TEXT NOT NULL,
    source TEXT NOT NULL,
    phone_column TEXT NOT NULL,
    position SMALLINT NOT NULL,
    phone_raw TEXT NOT NULL,
    PRIMARY KEY (contact_id, phone_column, position)
);
COMMENT ON TABLE phoneseg_restricted.quarantine_raw IS 'What stood in one quarantined phone cell. (current)';
COMMENT ON COLUMN phoneseg_restricted.quarantine_raw.contact_id IS 'Contact as `<source>:<id>`.';
COMMENT ON COLUMN phoneseg_restricted.quarantine_raw.source IS 'Name of the contact source in the settings.';
COMMENT ON COLUMN phoneseg_restricted.quarantine_raw.phone_column IS 'Column of the source that the number stood in.';
COMMENT ON COLUMN phoneseg_restricted.quarantine_raw.position IS 'Position of the number in its cell, from 1; always 1 so far.';
COMMENT ON COLUMN phoneseg_restricted.quarantine_raw.phone_raw IS 'The cell as the source holds it.';

CREATE TABLE phoneseg.pipeline_run (
    run_id TEXT NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    data_interval_start TIMESTAMP WITH TIME ZONE NOT NULL,
    data_interval_end TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
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
COMMENT ON TABLE phoneseg.pipeline_run IS 'One run of the pipeline. (log)';
COMMENT ON COLUMN phoneseg.pipeline_run.run_id IS 'Id of the run, from Airflow or the command line.';
COMMENT ON COLUMN phoneseg.pipeline_run.as_of IS 'End of the data interval (UTC).';
COMMENT ON COLUMN phoneseg.pipeline_run.data_interval_start IS 'Start of the data interval (UTC).';
COMMENT ON COLUMN phoneseg.pipeline_run.data_interval_end IS 'End of the data interval (UTC).';
COMMENT ON COLUMN phoneseg.pipeline_run.state IS 'running, published, dry_run, failed, or abandoned: dead for a day, or its interval taken over.';
COMMENT ON COLUMN phoneseg.pipeline_run.started_at IS 'When extract began (UTC).';
COMMENT ON COLUMN phoneseg.pipeline_run.finished_at IS 'When the run ended (UTC).';
COMMENT ON COLUMN phoneseg.pipeline_run.sources IS 'Contact sources that were read, comma-separated.';
COMMENT ON COLUMN phoneseg.pipeline_run.is_current IS 'Whether the run moved the current tables.';
COMMENT ON COLUMN phoneseg.pipeline_run.contact_count IS 'Contacts that were read.';
COMMENT ON COLUMN phoneseg.pipeline_run.filled_cell_count IS 'Phone cells with something in them.';
COMMENT ON COLUMN phoneseg.pipeline_run.empty_cell_count IS 'Phone cells that are null or blank.';
COMMENT ON COLUMN phoneseg.pipeline_run.phone_count IS 'Numbers in contact_phone.';
COMMENT ON COLUMN phoneseg.pipeline_run.valid_phone_count IS 'Valid numbers in contact_phone.';
COMMENT ON COLUMN phoneseg.pipeline_run.quarantined_count IS 'Cells in contact_quarantine.';
COMMENT ON COLUMN phoneseg.pipeline_run.membership_count IS 'Rows of segment_membership.';
COMMENT ON COLUMN phoneseg.pipeline_run.checks_passed IS 'Expectations that the staging tables met.';
COMMENT ON COLUMN phoneseg.pipeline_run.phoneseg_version IS 'Version of phoneseg.';
COMMENT ON COLUMN phoneseg.pipeline_run.metadata_version IS 'Version of phonenumbers.';
