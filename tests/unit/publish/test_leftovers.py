"""Cleaning up after dead runs takes what they left, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE
from phoneseg.publish import remove_leftovers
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MakeSettings = Callable[..., Settings]


def _clean(settings: Settings, alive: tuple[str, ...]) -> None:
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        warehouse.create_tables(connection)
        remove_leftovers(warehouse, connection, Run.open(settings, run_id="now", as_of=JULY), alive)


@pytest.mark.parametrize("url", ["duckdb:///warehouse", "sqlite:///warehouse"])
def test_staging_tables_and_stage_folders_of_dead_runs_go_and_those_of_living_ones_stay(
    make_settings: MakeSettings, url: str
) -> None:
    settings = make_settings(url=url)
    warehouse = open_warehouse(settings)
    runs = {run_id: Run.open(settings, run_id=run_id, as_of=JULY) for run_id in ("dead", "alive")}
    with warehouse.transaction() as connection:
        warehouse.create_tables(connection)
        for run_id, run in runs.items():
            warehouse.naming.staging(CONTACT_PHONE, run_id).create(connection)
            run.stage.create()
    _clean(settings, ("alive",))
    with warehouse.transaction() as connection:
        inspector = sa.inspect(connection)
        kept = {
            run_id: inspector.has_table(table.name, schema=table.schema)
            for run_id in runs
            for table in [warehouse.naming.staging(CONTACT_PHONE, run_id)]
        }
        published = warehouse.naming.published(CONTACT_PHONE)
        assert inspector.has_table(published.name, schema=published.schema)
    assert kept == {"dead": False, "alive": True}
    assert not runs["dead"].stage.folder.exists()
    assert runs["alive"].stage.folder.exists()


def test_a_folder_that_no_run_made_stays(make_settings: MakeSettings) -> None:
    settings = make_settings(more='[stage]\nfolder = "."')
    precious = settings.folder / "thesis"
    precious.mkdir()
    (precious / "chapter_1.txt").write_text("It was a dark night", encoding="utf-8")
    _clean(settings, ())
    assert (precious / "chapter_1.txt").exists()
