"""Views of phoneseg are in no migration's way: they are there after it, and were there for whoever read meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from phoneseg.contracts.views import all_views
from phoneseg.errors import StopError
from phoneseg.settings import Settings
from phoneseg.warehouse import migrations
from phoneseg.warehouse.migrations import NEWEST_REVISION, migrate_tables, prepare_tables, upgrade
from phoneseg.warehouse.views import keep_views
from tests.unit.warehouse.migrations.house import House
from tests.unit.warehouse.migrations.test_windows import with_windows

KINDS = {"country": True, "tag": False}
OF_AN_OLDER_RELEASE = (
    "SELECT contact_id, event_count_7d, NULL::text AS country_segment, NULL::text AS tag_segments "
    "FROM phoneseg.contact_profile"
)
NEXT_REVISION = f"{int(NEWEST_REVISION) + 1:04}"
REVISION = f'''
"""Count phones in wider numbers."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{NEXT_REVISION}", "{NEWEST_REVISION}"


def upgrade(target):
    op.alter_column("contact_profile", "phone_count", type_=sa.Numeric(), schema=target.schema())
'''
ACCESS = """
SELECT relname, relowner::regrole::text, attname, grantee::regrole::text, privilege_type, is_grantable
FROM pg_class AS view CROSS JOIN LATERAL (
    SELECT NULL AS attname, given.* FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) AS given
    UNION ALL
    SELECT attname, given.* FROM pg_attribute, aclexplode(attacl) AS given WHERE attrelid = view.oid
) AS given
WHERE relkind = 'v' AND relnamespace = 'phoneseg'::regnamespace ORDER BY relname, attname, grantee, privilege_type
"""
Install = Callable[[], None]
Row = tuple[object, ...]


@pytest.fixture(params=["duckdb", "postgresql"])
def house(request: pytest.FixtureRequest, make_settings: Callable[..., Settings]) -> House:
    """A warehouse with the views, a contact, and the windows that are the default."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else "duckdb:///warehouse.file"
    return furnished(House.open(make_settings(url=url)))


@pytest.fixture
def server(postgresql_url: str, make_settings: Callable[..., Settings]) -> House:
    """The same on a server alone."""
    return furnished(House.open(make_settings(url=postgresql_url)))


@pytest.fixture
def install_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return what installs the next release, whose revision changes the type of a column that contact_360 shows."""
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / f"r{NEXT_REVISION}_wider.py").write_text(REVISION)
    shipped = Path(migrations.__file__).parent
    versions = [str(shipped / "versions"), str(tmp_path / "next")]
    scripts = ScriptDirectory(str(shipped), version_locations=versions)
    return lambda: monkeypatch.setattr(upgrade, "_scripts", lambda: scripts)


def furnished(made: House) -> House:
    made.call(prepare_tables)
    with made.warehouse.transaction() as connection:
        keep_views(made.warehouse, connection, KINDS)
    made.execute(
        "INSERT INTO phoneseg.contact_profile (contact_id, source, phone_count, valid_phone_count, quarantined_count) "
        "VALUES ('crm:1', 'crm', 1, 1, 0)"
    )
    return made


def read(house: House, sql: str) -> list[Row]:
    with house.warehouse.transaction() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def check_views(house: House) -> None:
    """Check that all views answer, and are those of the installed release with the kinds that they had."""
    for view in all_views(KINDS):
        with house.warehouse.transaction() as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM phoneseg.{view.name}")
            assert tuple(found.keys()) == view.column_names
    assert read(house, "SELECT contact_id FROM phoneseg.contact_360") == [("crm:1",)]
    with house.warehouse.transaction() as connection:
        assert keep_views(house.warehouse, connection, KINDS) == []


def test_views_stand_after_the_windows_have_changed(house: House) -> None:
    changed = with_windows(house, 365, 14)
    assert "drops columns of 7d" in changed.call(migrate_tables).windows
    check_views(changed)


def test_a_view_that_reads_what_goes_is_made_anew(house: House) -> None:
    house.execute(f"DROP VIEW phoneseg.contact_360;\nCREATE VIEW phoneseg.contact_360 AS {OF_AN_OLDER_RELEASE}")
    changed = with_windows(house, 365, 14)
    changed.call(migrate_tables)
    check_views(changed)


def test_a_revision_may_change_the_type_of_a_column_that_a_view_shows(house: House, install_next: Install) -> None:
    install_next()
    assert house.call(migrate_tables).applied == {NEXT_REVISION: "Count phones in wider numbers."}
    check_views(house)


def test_views_keep_their_owner_and_who_may_read_them(server: House, install_next: Install) -> None:
    reader, owner, other = (f"{name}_{token_hex(4)}" for name in ("reader", "owner", "other"))
    server.execute(
        f"CREATE ROLE {reader};\nCREATE ROLE {owner};\nCREATE ROLE {other};\n"
        f"GRANT USAGE, CREATE ON SCHEMA phoneseg TO {owner};\n"
        f"GRANT SELECT ON phoneseg.contact_360 TO {reader} WITH GRANT OPTION;\n"
        f"GRANT SELECT (source, country_segment) ON phoneseg.contact_360 TO {other};\n"
        f"GRANT SELECT ON phoneseg.segment_trend TO PUBLIC;\n"
        f"ALTER VIEW phoneseg.segment_trend OWNER TO {owner};\n"
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA phoneseg GRANT SELECT ON TABLES TO {other}"
    )
    try:
        before = read(server, ACCESS)
        install_next()
        server.call(migrate_tables)
        assert read(server, ACCESS) == before
    finally:
        roles = (reader, owner, other)
        server.execute("".join(f"DROP OWNED BY {role} CASCADE;\nDROP ROLE {role};\n" for role in roles))


def test_readers_never_miss_a_view(server: House, install_next: Install) -> None:
    """A reader that comes meanwhile waits, and then finds the new one."""
    install_next()
    answers: list[list[Row]] = []
    with server.warehouse.transaction() as connection:
        migrate_tables(server.warehouse, connection, server.settings)
        reader = threading.Thread(
            target=lambda: answers.append(read(server, "SELECT contact_id FROM phoneseg.contact_360"))
        )
        reader.start()
        wait_for_a_reader(server)
        assert answers == []
    reader.join()
    assert answers == [[("crm:1",)]]


def wait_for_a_reader(house: House) -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%contact_360%%' "
        "AND datname = current_database()"
    )
    for _ in range(1000):
        if read(house, waiting) == [(1,)]:
            return
    pytest.fail("nobody waits")


@pytest.mark.parametrize("relation", ["contact_profile", "contact_360"])
def test_a_view_of_others_that_is_in_the_way_is_named_and_nothing_changes(
    server: House, install_next: Install, relation: str
) -> None:
    install_next()
    server.execute(f"CREATE VIEW public.busy AS SELECT phone_count FROM phoneseg.{relation}")
    shape, views = server.shape(), read(server, "SELECT oid FROM pg_class WHERE relkind = 'v' ORDER BY oid")
    with pytest.raises(StopError, match=r"^.*drop first what depends on it, and create it again.*view busy"):
        server.call(migrate_tables)
    assert server.shape() == shape
    assert read(server, "SELECT oid FROM pg_class WHERE relkind = 'v' ORDER BY oid") == views
    server.execute("DROP VIEW public.busy")
    server.call(migrate_tables)
    check_views(server)


def test_a_view_of_others_on_a_view_of_ours_is_in_the_way_of_no_window(server: House) -> None:
    server.execute("CREATE VIEW public.countries AS SELECT country_segment FROM phoneseg.contact_360")
    with_windows(server, 365, 14).call(migrate_tables)
    assert read(server, "SELECT * FROM public.countries") == [(None,)]


def test_a_view_that_others_read_stays_as_it_was_until_they_let_go(
    server: House, caplog: pytest.LogCaptureFixture
) -> None:
    server.execute("CREATE VIEW public.busy AS SELECT contact_id FROM phoneseg.contact_360")
    more = {**KINDS, "tier": True}
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'contact_360'"
    with server.warehouse.transaction() as connection:
        assert "contact_360" not in keep_views(server.warehouse, connection, more)
    assert ("tier_segment",) not in read(server, columns)
    assert "phoneseg.contact_360 stays as it was: view busy depends on" in caplog.text
    server.execute("DROP VIEW public.busy")
    with server.warehouse.transaction() as connection:
        assert keep_views(server.warehouse, connection, more) == ["contact_360"]
    assert ("tier_segment",) in read(server, columns)


def test_a_schema_without_contact_360_is_left_alone(house: House) -> None:
    house.execute("DROP VIEW phoneseg.contact_360")
    changed = with_windows(house, 365, 14)
    changed.call(migrate_tables)
    with changed.warehouse.transaction() as connection:
        assert "contact_360" not in sa.inspect(connection).get_view_names(schema="phoneseg")
        assert keep_views(changed.warehouse, connection, KINDS) == ["contact_360"]
