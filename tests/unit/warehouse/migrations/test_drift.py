"""A warehouse that was upgraded is one that was created."""

from pathlib import Path

from alembic.script import ScriptDirectory

from phoneseg.warehouse import migrations
from phoneseg.warehouse.migrations import NEWEST_REVISION, migrate_tables, plan_migration, prepare_tables
from tests.unit.warehouse.migrations.house import House

HOW = "The contracts have changed without a revision: phoneseg/warehouse/migrations/__init__.py says how to write one."


def test_a_migrated_warehouse_equals_a_fresh_one(old: House) -> None:
    fresh = old.beside(output_schema="fresh")
    fresh.call(prepare_tables)
    old.call(migrate_tables)
    shape, expected = old.shape(), fresh.shape()
    assert sorted(shape) == sorted(expected), HOW
    for table, description in expected.items():
        assert shape[table] == description, f"{table}: {HOW}"


def test_the_sql_of_a_dry_run_does_what_the_migration_does(old: House) -> None:
    other = old.beside(output_schema="by_hand")
    other.build_first_release()
    _, sql = other.call(plan_migration)
    other.execute(sql)
    other.call(migrate_tables)  # sets the comments
    old.call(migrate_tables)
    assert other.shape() == old.shape()


def test_revisions_follow_each_other_up_to_the_newest() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert scripts.get_heads() == [NEWEST_REVISION]
