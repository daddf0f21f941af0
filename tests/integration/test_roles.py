"""sql/operations/roles_postgresql.sql: the roles can do their work on a real PostgreSQL, and nothing else."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
import sqlalchemy as sa
from runs import AS_OF, edit_settings, query, run_command, run_pipeline
from typer.testing import CliRunner

from phoneseg import pipeline
from phoneseg.cli.commands import app
from phoneseg.contracts import REPORTS, TABLES
from phoneseg.contracts.views import all_views
from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.postgresql.programs import (
    Account,
    find_programs,
    reachable_programs,
    server_account,
    wheel_programs,
)
from phoneseg.run import Run
from phoneseg.segments import SegmentRules
from phoneseg.settings import Settings, load_settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.tables import TableNaming
from tests.risk_rows import make_tables, write_review, write_signal

pytestmark = pytest.mark.all_checks

FILE = Path(__file__).parents[2] / "sql" / "operations" / "roles_postgresql.sql"
PASSWORD = "for-this-test-alone"
_ROLES = ("pipeline", "analyst", "reader", "reviewer")
SOURCES = """
    CREATE SCHEMA crm;
    CREATE TABLE crm.customer AS
    SELECT id, '+1 650 253 ' || lpad(id::text, 4, '0') AS mobile, TIMESTAMPTZ '2026-06-01' AS updated_at
    FROM generate_series(1, 50) AS id;
    CREATE TABLE crm.call AS SELECT mobile AS caller, updated_at AS began, 'secret' AS note FROM crm.customer;
    CREATE SCHEMA payroll;
    CREATE TABLE payroll.salary AS SELECT 1 AS amount;
"""
TOML = """\
[warehouse]
url = "{url}"

[contacts.crm]
table = "crm.customer"
id = "id"
phones = ["mobile"]
updated_at = "updated_at"

[activity.calls]
kind = "call"
table = "crm.call"
phone = "caller"
occurred_at = "began"
"""


def wheel_of(account: Account | None) -> Path:
    """Return the programs of the wheel, which are newer than many a system's."""
    wheel = wheel_programs()
    assert wheel is not None
    return reachable_programs(wheel, account)


class Roles:
    """The four roles, under names of the test's own: roles belong to the whole server."""

    def __init__(self, owner_url: str) -> None:
        self.owner = sa.make_url(owner_url).set(drivername="postgresql")
        mark = token_hex(4)
        self.pipeline, self.analyst, self.reader, self.reviewer = (f"{role}_{mark}" for role in _ROLES)

    def set_up(self) -> None:
        sql = FILE.read_text()
        for name in _ROLES:
            sql = sql.replace(f"phoneseg_{name}", getattr(self, name))
        self.execute(self.owner, sql)
        for role in (self.pipeline, self.analyst, self.reader, self.reviewer):
            self.execute(self.owner, f"ALTER ROLE {role} PASSWORD '{PASSWORD}'")

    def drop(self) -> None:
        for role in (self.reviewer, self.reader, self.analyst, self.pipeline):
            self.execute(self.owner, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")

    def url(self, role: str) -> sa.URL:
        return self.owner.set(username=role, password=PASSWORD)

    def execute(self, url: sa.URL, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            done = connection.execute(sql)
            return done.fetchall() if done.description else []


@pytest.fixture
def roles(postgresql_url: str) -> Iterator[Roles]:
    """The roles, in a database with sources."""
    made = Roles(postgresql_url)
    made.execute(made.owner, SOURCES)
    made.set_up()
    yield made
    made.drop()


@pytest.fixture
def pipeline_settings(roles: Roles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a pipeline that connects as its role."""
    monkeypatch.setenv("PHONESEG_TOKEN_KEY", "a key for tests alone")
    url = roles.url(roles.pipeline).set(drivername="postgresql+psycopg")
    (tmp_path / "phoneseg.toml").write_text(TOML.format(url=url.render_as_string(hide_password=False)))
    return load_settings(tmp_path / "phoneseg.toml")


def test_each_role_does_its_work_and_is_refused_all_else(roles: Roles, pipeline_settings: Settings) -> None:
    assert run_pipeline(pipeline_settings, AS_OF)["contact_count"] == 50
    assert run_pipeline(pipeline_settings, AS_OF)["is_current"]
    read_by_analysts = "SELECT count(*) FROM phoneseg.segment_membership"
    assert roles.execute(roles.url(roles.analyst), read_by_analysts) == [
        (query(pipeline_settings, read_by_analysts).item(),)
    ]
    refused = {
        roles.analyst: [
            "CREATE TABLE phoneseg_staging.mine (id int)",
            "CREATE TABLE phoneseg.mine (id int)",
            "DELETE FROM phoneseg.segment",
            "UPDATE phoneseg.pipeline_run SET state = 'published'",
            "DROP TABLE phoneseg.segment",
            "CREATE SCHEMA mine",
        ],
        roles.reader: [
            "CREATE TABLE phoneseg_report.mine (id int)",
            "CREATE VIEW phoneseg_report.mine AS SELECT 1",
            "DELETE FROM phoneseg_report.segment_report",
            "COMMENT ON TABLE phoneseg_report.segment_report IS 'mine'",
            f"SET ROLE {roles.analyst}",
            "CREATE SCHEMA mine",
        ],
        roles.pipeline: [
            "SELECT * FROM payroll.salary",
            "DELETE FROM crm.customer",
            "CREATE TABLE crm.mine (id int)",
            "CREATE SCHEMA mine",
            "CREATE ROLE somebody",
        ],
    }
    for role, statements in refused.items():
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                roles.execute(roles.url(role), statement)


def load_only(settings: Settings) -> None:
    """Run the next day until its staging tables are filled, and leave them."""
    run = Run.open(settings, as_of=AS_OF + timedelta(days=1))
    for verb in pipeline.VERBS[:5]:
        verb(run)


def readable(roles: Roles, role: str, relations: list[str]) -> set[str]:
    """Return the tables and views that a role can read when it logs in."""
    found = set()
    with psycopg.connect(roles.url(role).render_as_string(hide_password=False), autocommit=True) as connection:
        for relation in relations:
            try:
                connection.execute(f"SELECT count(*) FROM {relation}")
                found.add(relation)
            except psycopg.errors.InsufficientPrivilege:
                pass
    return found


def test_each_role_reads_the_tables_and_views_that_are_for_it_and_no_other(
    roles: Roles, pipeline_settings: Settings
) -> None:
    run_pipeline(pipeline_settings, AS_OF)
    load_only(pipeline_settings)
    listed = roles.execute(
        roles.owner,
        "SELECT schemaname || '.' || relname FROM (SELECT schemaname, tablename AS relname FROM pg_tables "
        "UNION ALL SELECT schemaname, viewname FROM pg_views) AS relation WHERE schemaname !~ '^(pg_|information_)'",
    )
    relations = [str(name) for (name,) in listed]
    of_schema = {name.partition(".")[0]: set[str]() for name in relations}
    for name in relations:
        of_schema[name.partition(".")[0]].add(name)
    assert set(of_schema) == {"crm", "payroll", *TableNaming("phoneseg", has_schemas=True, has_keys=True).schemas}
    assert {"phoneseg.contact_360", "phoneseg.contact_profile"} <= of_schema["phoneseg"]
    assert of_schema["phoneseg_report"] == {f"phoneseg_report.{table.name}" for table in REPORTS}
    reports = of_schema["phoneseg_report"]
    assert readable(roles, roles.reader, relations) == reports
    assert readable(roles, roles.analyst, relations) == of_schema["phoneseg"] | reports
    assert readable(roles, roles.pipeline, relations) == set(relations) - of_schema["payroll"]
    for file in FILE.parents[1].glob("report_*.sql"):
        assert roles.execute(roles.url(roles.reader), file.read_text()), file.name
    shown = roles.execute(roles.url(roles.reader), "SELECT min(contact_count) FROM phoneseg_report.segment_report")
    assert int(str(shown[0][0])) >= 2 * pipeline_settings.privacy.report.round_to


def test_what_the_catalogue_tells_everybody_are_words_and_numbers_of_rows(
    roles: Roles, pipeline_settings: Settings
) -> None:
    run_pipeline(pipeline_settings, AS_OF)
    roles.execute(roles.owner, "ANALYZE")
    as_reader = roles.url(roles.reader)
    comments = roles.execute(
        as_reader,
        "SELECT DISTINCT description FROM pg_description JOIN pg_class ON pg_class.oid = objoid "
        "WHERE relnamespace::regnamespace::text LIKE 'phoneseg%'",
    )
    told = {re.sub(r" \((current|dated|log|view [0-9a-f]{12})\)$", "", str(comment)) for (comment,) in comments}
    views = all_views(SegmentRules.of(Run.open(pipeline_settings, as_of=AS_OF)).exclusive_by_kind)
    naming = open_warehouse(pipeline_settings).naming
    tables = [naming.contract(table) for table in TABLES]
    written = {each.row_meaning for each in (*tables, *views)}
    written |= {column.meaning for each in (*tables, *views) for column in each.columns}
    assert len(told) > 100
    assert told <= written, "a comment says what the contracts say, and nothing of the rows"
    seen = roles.execute(as_reader, "SELECT DISTINCT schemaname FROM pg_stats WHERE schemaname LIKE 'phoneseg%'")
    assert seen == [("phoneseg_report",)], "values of columns show to those alone who may read them"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        roles.execute(as_reader, "SELECT * FROM pg_statistic")
    # What PostgreSQL hides from nobody; docs/reports.md says so.
    rows = "SELECT reltuples FROM pg_class WHERE oid = 'phoneseg.contact_profile'::regclass"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        roles.execute(as_reader, rows)  # the name is not known to who may not look into the schema
    by_name = "SELECT reltuples FROM pg_class WHERE relname = 'contact_profile'"
    assert roles.execute(as_reader, by_name) == [(50.0,)]


def test_reviewers_read_signals_and_label_what_is_flagged_and_nothing_else(
    roles: Roles, pipeline_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tables(pipeline_settings)
    write_review(pipeline_settings, "sim_box", "a1" * 16, AS_OF)
    write_signal(pipeline_settings, "sim_box", ["a1" * 16], AS_OF)
    roles.set_up()
    url = roles.url(roles.reviewer)
    with monkeypatch.context() as of_reviewer:
        as_written = url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        of_reviewer.setenv("PHONESEG_WAREHOUSE__URL", as_written)
        config = ["--config", str(pipeline_settings.config_file)]
        assert "1 flagged, 1 without a label" in CliRunner().invoke(app, ["risk", "review", *config]).output
        assert ": fraud;" in CliRunner().invoke(app, ["risk", "label", "sim_box", "a1", "fraud", *config]).output
    assert roles.execute(url, "SELECT label FROM phoneseg.risk_review") == [("fraud",)]
    listed = roles.execute(
        roles.owner, "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname ~ '^phone'"
    )
    relations = {str(name) for (name,) in listed}
    signals = {"risk_signal", "risk_member", "risk_review", "sim_box_loss", "prefix_activity", "monitored_size"}
    assert readable(roles, roles.reviewer, sorted(relations)) == {
        f"phoneseg.{name}" for name in signals | {"schema_version"}
    }
    for statement in (
        "UPDATE phoneseg.risk_review SET subject = 'another'",
        "DELETE FROM phoneseg.risk_review",
        "INSERT INTO phoneseg.risk_review SELECT * FROM phoneseg.risk_review",
        "UPDATE phoneseg.risk_signal SET risk_level = 'low'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            roles.execute(url, statement)


def test_the_shipped_queries_answer_for_analysts(roles: Roles, pipeline_settings: Settings) -> None:
    run_pipeline(pipeline_settings, AS_OF)
    for file in FILE.parents[1].glob("*.sql"):
        assert roles.execute(roles.url(roles.analyst), file.read_text()) is not None, file.name
    told = roles.execute(roles.url(roles.analyst), (FILE.parents[1] / "freshness.sql").read_text())
    assert told is not None
    fresh = {(row[0], row[1]): (row[2], row[4]) for row in told}
    assert fresh["contacts", "crm"] == (AS_OF, datetime(2026, 6, 1, tzinfo=UTC))
    assert [source_type for source_type, _ in fresh] == ["activity", "contacts"]


@pytest.fixture
def make_older_view(roles: Roles, pipeline_settings: Settings) -> None:
    """Publish, and let contact_360 read a column of a window, as a view of an older phoneseg may."""
    run_pipeline(pipeline_settings, AS_OF)
    name = "phoneseg.contact_360"
    with_schemas = roles.owner.update_query_dict({"options": "-csearch_path="})
    (text,) = roles.execute(with_schemas, f"SELECT pg_get_viewdef('{name}'::regclass)")[0]
    older = str(text).rstrip(";").replace("profile.contact_id,", "profile.event_count_7d, profile.contact_id,", 1)
    roles.execute(roles.url(roles.pipeline), f"DROP VIEW {name}; CREATE VIEW {name} AS {older}")
    assert roles.execute(roles.owner, f"SELECT count(event_count_7d) FROM {name}") == [(50,)]


def test_analysts_read_the_views_after_a_migration_as_before(
    roles: Roles, pipeline_settings: Settings, make_older_view: None
) -> None:
    read_by_analysts = "SELECT count(*), count(country_segment) FROM phoneseg.contact_360"
    assert roles.execute(roles.url(roles.analyst), read_by_analysts) == [(50, 50)]
    roles.execute(roles.owner, f"REVOKE SELECT ON phoneseg.segment_trend FROM {roles.analyst}")
    edited = edit_settings(pipeline_settings, "[contacts.crm]", "[profile]\nwindows_days = [90, 365]\n\n[contacts.crm]")
    assert run_command("migrate", "--config", edited.config_file).returncode == 0
    assert roles.execute(roles.url(roles.analyst), read_by_analysts) == [(50, 50)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        roles.execute(roles.url(roles.analyst), "SELECT * FROM phoneseg.segment_trend")
    assert run_pipeline(edited, AS_OF)["contact_count"] == 50


def test_the_pipeline_takes_over_what_another_role_made_before(
    roles: Roles, pipeline_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles.execute(roles.owner, "DROP SCHEMA phoneseg, phoneseg_restricted, phoneseg_report, phoneseg_staging CASCADE")
    with monkeypatch.context() as of_owner:
        of_owner.setenv("PHONESEG_WAREHOUSE__URL", roles.owner.render_as_string(hide_password=False))
        run_pipeline(load_settings(pipeline_settings.config_file), AS_OF - timedelta(days=1))
    roles.set_up()
    assert run_pipeline(pipeline_settings, AS_OF)["is_incremental"]


def test_a_grant_on_the_columns_that_are_read_is_enough(roles: Roles, pipeline_settings: Settings) -> None:
    roles.execute(
        roles.owner,
        f"ALTER TABLE crm.customer ADD salary int; REVOKE SELECT ON crm.customer FROM {roles.pipeline};"
        f"GRANT SELECT (id, mobile, updated_at) ON crm.customer TO {roles.pipeline};"
        f"REVOKE SELECT ON crm.call FROM {roles.pipeline};"
        f"GRANT SELECT (caller, began) ON crm.call TO {roles.pipeline}",
    )
    counts = run_pipeline(pipeline_settings, AS_OF)
    assert (counts["contact_count"], counts["matched_activity_count"]) == (50, 50)
    assert run_pipeline(pipeline_settings, AS_OF)["is_incremental"]


@pytest.mark.parametrize("find", [find_programs, wheel_of])
def test_an_owner_who_is_no_superuser_can_set_the_roles_up(
    find: Callable[[Account | None], Path], tmp_path: Path
) -> None:
    server = PostgreSQLServer(tmp_path / "server", programs=find(server_account()), is_durable=False)
    try:
        server.start()
        server.create_database("contacts")
        made = Roles(server.url("contacts"))
        made.execute(
            made.owner,
            f"CREATE ROLE dba LOGIN CREATEROLE PASSWORD '{PASSWORD}'; ALTER DATABASE contacts OWNER TO dba",
        )
        made.owner = made.url("dba")
        made.execute(made.owner, SOURCES)
        made.set_up()
        made.set_up()
    finally:
        server.remove()


def test_analysts_see_tables_that_were_there_before_the_roles_were_set_up_again(
    roles: Roles, pipeline_settings: Settings
) -> None:
    run_pipeline(pipeline_settings, AS_OF)
    roles.set_up()
    assert roles.execute(roles.url(roles.analyst), "SELECT count(*) FROM phoneseg.contact_profile") == [(50,)]
