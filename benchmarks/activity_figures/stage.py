"""The stage folder of a benchmark about activity, as `extract` leaves it but for its content."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from phoneseg.contracts import CHANGED_CONTACT, KEPT_CONTACT, KEPT_PHONE, Table
from phoneseg.privacy import TokenKey
from phoneseg.run import Run, Stage
from phoneseg.settings import load_settings

AS_OF: Final = datetime(2026, 7, 1, 6, tzinfo=UTC)
KEY: Final = TokenKey(b"a key for benchmarks alone")
BY_ID: Final = 'contact_id = "none_id"\ncontacts = "crm"\n'
BY_NUMBER: Final = 'phone = "none_number"\n'
_SETTINGS: Final = """\
[warehouse]
url = "duckdb:///none.duckdb"

[contacts.crm]
table = "none"
id = "none"
phones = ["no_number"]

[activity.calls]
kind = "call"
table = "none"
occurred_at = "none"
"""


def open_run(folder: Path, key: str = BY_ID) -> Run:
    """Return the run whose stage is in `folder`; its warehouse does not exist, so nothing can be published.

    Args:
        folder: Takes the settings and the stage.
        key: How activity names its contacts, as a line of the settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PHONESEG_TOKEN_KEY"] = KEY.secret.decode()
    settings = folder / "phoneseg.toml"
    settings.write_text(_SETTINGS + key)
    return Run.open(load_settings(settings), as_of=AS_OF, run_id="benchmark", dry_run=True)


def write_nothing_kept(stage: Stage) -> None:
    """Write the tables of a partial run, empty."""
    for table in (KEPT_CONTACT, KEPT_PHONE, CHANGED_CONTACT):
        stage.write(table.name, table.schema.to_frame().lazy())


def fill(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows of a table, null where they say nothing."""
    named = rows.collect_schema()
    return table.conform(rows.with_columns(pl.lit(None).alias(n) for n in table.column_names if n not in named))
