-- Four roles on PostgreSQL, each with no more than it needs. Run this as an owner of the database, in the database that
-- holds the sources. It can be run again: after a new source, another schema, or the first run that makes tables.
--
-- Before you run it, replace these names by yours, everywhere in this file:
--   phoneseg_pipeline   the role that phoneseg connects as
--   phoneseg_analyst    the role of who may see contacts, one by one, without their numbers
--   phoneseg_reviewer   the role of who checks signals of risk and labels them, without numbers in clear
--   phoneseg_reader     the role of who may see counts alone: BI tools for a wider circle
--   phoneseg, phoneseg_restricted, phoneseg_report, phoneseg_staging
--                       the schemas of phoneseg; they start with `warehouse.output_schema`
--   crm                 a schema with contact or activity sources; repeat its lines for each further one
--
-- Give the roles a way to log in afterwards, such as \password in psql: no password stands here.

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'phoneseg_pipeline') THEN
        CREATE ROLE phoneseg_pipeline LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'phoneseg_analyst') THEN
        CREATE ROLE phoneseg_analyst LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'phoneseg_reader') THEN
        CREATE ROLE phoneseg_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'phoneseg_reviewer') THEN
        CREATE ROLE phoneseg_reviewer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO phoneseg_pipeline, phoneseg_analyst, phoneseg_reader, phoneseg_reviewer',
        current_database()
    );
    -- An owner that is no superuser has to belong to the role that it gives a schema to; who made the role is a member
    -- already from PostgreSQL 16 on, but without what that takes.
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT phoneseg_pipeline TO %I', current_user);
    END IF;
END
$$;

-- The pipeline owns its four schemas, and so makes and changes the tables in them; nobody else is let in.
CREATE SCHEMA IF NOT EXISTS phoneseg AUTHORIZATION phoneseg_pipeline;
CREATE SCHEMA IF NOT EXISTS phoneseg_restricted AUTHORIZATION phoneseg_pipeline;
CREATE SCHEMA IF NOT EXISTS phoneseg_report AUTHORIZATION phoneseg_pipeline;
CREATE SCHEMA IF NOT EXISTS phoneseg_staging AUTHORIZATION phoneseg_pipeline;
REVOKE ALL ON SCHEMA phoneseg, phoneseg_restricted, phoneseg_report, phoneseg_staging FROM PUBLIC;

-- What another role made in them before, such as the one that tried phoneseg out, goes over to it.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT nspname AS name FROM pg_catalog.pg_namespace
        WHERE nspname IN ('phoneseg', 'phoneseg_restricted', 'phoneseg_report', 'phoneseg_staging')
    LOOP
        EXECUTE format('ALTER SCHEMA %I OWNER TO phoneseg_pipeline', found.name);
    END LOOP;
    FOR found IN
        SELECT schemaname AS schema_name, tablename AS name FROM pg_catalog.pg_tables
        WHERE schemaname IN ('phoneseg', 'phoneseg_restricted', 'phoneseg_report', 'phoneseg_staging')
        UNION ALL
        SELECT schemaname, viewname FROM pg_catalog.pg_views -- ALTER TABLE takes a view, too
        WHERE schemaname = 'phoneseg'
    LOOP
        EXECUTE format('ALTER TABLE %I.%I OWNER TO phoneseg_pipeline', found.schema_name, found.name);
    END LOOP;
END
$$;

-- The pipeline reads the sources. To show it some columns only, grant those instead:
-- GRANT SELECT (customer_id, mobile, home_phone, country, created_at, updated_at) ON crm.customer TO phoneseg_pipeline;
GRANT USAGE ON SCHEMA crm TO phoneseg_pipeline;
GRANT SELECT ON ALL TABLES IN SCHEMA crm TO phoneseg_pipeline;

-- Analysts read the published tables and the reports: those that are there, and those that the pipeline makes later.
GRANT USAGE ON SCHEMA phoneseg, phoneseg_report TO phoneseg_analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA phoneseg, phoneseg_report TO phoneseg_analyst;
ALTER DEFAULT PRIVILEGES FOR ROLE phoneseg_pipeline IN SCHEMA phoneseg, phoneseg_report
GRANT SELECT ON TABLES TO phoneseg_analyst;

-- Reviewers read signals of risk, and write what they found of a flagged number or cluster into three columns. Those
-- tables are there after the first run, or `phoneseg migrate`: run this again then.
GRANT USAGE ON SCHEMA phoneseg TO phoneseg_reviewer;
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT schemaname AS schema_name, tablename AS name FROM pg_catalog.pg_tables
        WHERE schemaname = 'phoneseg' AND tablename IN (
            'risk_signal', 'risk_member', 'risk_review', 'sim_box_loss', 'prefix_activity', 'monitored_size',
            'schema_version'
        )
    LOOP
        EXECUTE format('GRANT SELECT ON %I.%I TO phoneseg_reviewer', found.schema_name, found.name);
        IF found.name = 'risk_review' THEN
            EXECUTE format(
                'GRANT UPDATE (label, labelled_at, note) ON %I.%I TO phoneseg_reviewer', found.schema_name, found.name
            );
        END IF;
    END LOOP;
END
$$;

-- Readers of reports see nothing else. Give nobody both roles of whom the reports should hide something.
GRANT USAGE ON SCHEMA phoneseg_report TO phoneseg_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA phoneseg_report TO phoneseg_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE phoneseg_pipeline IN SCHEMA phoneseg_report
GRANT SELECT ON TABLES TO phoneseg_reader;

COMMIT;
