"""A warehouse before a run, and what readers should see before, after and in spite of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from runs import COMPARED_TABLES, Tables, published_tables, query, run_pipeline, staging_tables

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse

from .programs import Program


@dataclass(frozen=True)
class Scene:
    """A warehouse of the test's own.

    Attributes:
        settings: Its settings.
        as_of: The run to disturb.
        before: What readers see before it.
        after: What they would see after it, undisturbed.
    """

    settings: Settings
    as_of: datetime
    before: Tables
    after: Tables

    @property
    def arguments(self) -> tuple[str | Path, ...]:
        """The arguments of `phoneseg` for the run."""
        return "run", "--config", self.settings.config_file, "--as-of", self.as_of.isoformat()

    def start(self) -> Program:
        """Start the run."""
        return Program(*self.arguments)


def seen(settings: Settings) -> Tables:
    """Return what readers see; before the first run, that all tables are empty."""
    warehouse, naming = open_warehouse(settings), open_warehouse(settings).naming
    profile = naming.published(CONTACT_PROFILE)
    with warehouse.transaction() as connection:
        is_there = sa.inspect(connection).has_table(profile.name, schema=profile.schema)
    return published_tables(settings) if is_there else {table.name: [] for table in COMPARED_TABLES}


def states(scene: Scene) -> list[str]:
    """Return the states of all runs of the interval, the oldest first."""
    log = f"SELECT state FROM phoneseg.pipeline_run WHERE as_of = TIMESTAMPTZ '{scene.as_of}' ORDER BY started_at"
    return query(scene.settings, log)["state"].to_list()


def check_nothing_left(settings: Settings) -> None:
    """Check that there is neither staging table nor stage folder."""
    assert staging_tables(settings) == []
    stage = settings.resolve(settings.stage.folder)
    assert not stage.exists() or list(stage.iterdir()) == []


def check_old_tables(scene: Scene) -> None:
    """Check that a run which did not get to its end changed nothing that readers see."""
    assert seen(scene.settings) == scene.before


def check_made_good(scene: Scene) -> None:
    """Check that readers see the old tables or the new, and that a rerun publishes what an undisturbed run would."""
    now = seen(scene.settings)
    assert now in (scene.before, scene.after)
    was_published = now == scene.after
    run_pipeline(scene.settings, scene.as_of)
    assert seen(scene.settings) == scene.after
    check_nothing_left(scene.settings)
    *earlier, last = states(scene)
    assert last == "published"
    assert set(earlier) <= {"failed", "abandoned", "published"}
    assert ("published" in earlier) == was_published
