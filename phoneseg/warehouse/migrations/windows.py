"""The columns of the profile's windows, which are what the settings say and no revision knows."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.contracts.profile import WINDOW_METRICS, window_columns
from phoneseg.errors import OutdatedSchemaError
from phoneseg.settings import Settings
from phoneseg.warehouse.backend import Warehouse


@dataclass(frozen=True)
class WindowChange:
    """How the columns of windows in the published profile differ from those of the settings.

    Attributes:
        missing: Columns that the settings ask for, and the table does not have.
        surplus: Names of columns of windows that are no longer set.
    """

    missing: tuple[sa.Column[object], ...] = ()
    surplus: tuple[str, ...] = ()

    def __str__(self) -> str:
        added, dropped = _windows_of(column.name for column in self.missing), _windows_of(self.surplus)
        told = [f"adds columns of {', '.join(added)}"] if added else []
        told += [f"drops columns of {', '.join(dropped)}"] if dropped else []
        return f"{CONTACT_PROFILE.name}: {' and '.join(told)}" if told else ""


def compare_windows(warehouse: Warehouse, connection: sa.Connection) -> WindowChange:
    """Compare the columns of windows in the published profile, which is there, with those of the settings."""
    table = warehouse.naming.published(CONTACT_PROFILE)
    rows = sa.select(sa.text("*")).select_from(table).limit(0)
    found = tuple(connection.execute(rows).keys())
    wanted = {column.name for column in window_columns(warehouse.naming.windows_days)}
    metrics = "|".join(metric.name for metric in WINDOW_METRICS)
    is_of_window = re.compile(rf"({metrics})_\d+d").fullmatch
    return WindowChange(
        tuple(column for column in table.columns if column.name in wanted - set(found)),
        tuple(name for name in found if is_of_window(name) and name not in wanted),
    )


def check_windows(warehouse: Warehouse, connection: sa.Connection, settings: Settings) -> None:
    """Check that the published profile has the columns of the windows of the settings, and of no others.

    Raises:
        OutdatedSchemaError: It has not.
    """
    if change := str(compare_windows(warehouse, connection)):
        config = shlex.quote(str(settings.config_file))
        raise OutdatedSchemaError(
            f"{settings.config_file.name}: profile.windows_days is not what the tables in schema "
            f"{settings.warehouse.output_schema} hold: run `phoneseg migrate --config {config}`, which does this to "
            f"{change}"
        )


def _windows_of(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.rpartition("_")[2] for name in names))
