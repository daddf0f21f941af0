"""Who was erased, read once by each run, and whether the published tokens are of the key of the settings."""

import shlex

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import PHONE_NUMBER, TOMBSTONE
from phoneseg.errors import StopError
from phoneseg.privacy import ErasedNumbers, Tombstones, load_key_ring
from phoneseg.run import Run
from phoneseg.settings import Settings
from phoneseg.warehouse import Warehouse


def read_tombstones(warehouse: Warehouse, connection: sa.Connection, run: Run) -> Tombstones:
    """Read who was erased. Writes `tombstone` and the count `erased`, which tell later verbs what the run knew.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: A run with a stage folder.

    Raises:
        StopError: Published tokens were made with another key than that of the settings.
        SettingsError: The key that some tombstones were made with is not there.
    """
    ring = load_key_ring(run.settings)
    check_token_key(warehouse, connection, run.settings, ring.current.key_id)
    table = warehouse.naming.published(TOMBSTONE)
    rows = pl.concat(warehouse.read_batches(connection, sa.select(table))).cast(TOMBSTONE.schema)
    run.stage.write(TOMBSTONE.name, rows.lazy())
    run.stage.write_counts("erased", {"token_key_number": int(ring.current.key_id, 16)})
    return Tombstones.of(rows, ring)


def known_tombstones(run: Run) -> Tombstones:
    """Return who was erased, as a run knows that has read it.

    Raises:
        SettingsError: The key that some tombstones were made with is not there.
    """
    return Tombstones.of(run.stage.scan(TOMBSTONE.name).collect(), load_key_ring(run.settings))


def list_erased_numbers(run: Run) -> ErasedNumbers:
    """Return what leaves erased numbers out of the cells of a run that has read its tombstones.

    Raises:
        SettingsError: The key that some tombstones were made with is not there.
    """
    return ErasedNumbers(known_tombstones(run))


def check_token_key(warehouse: Warehouse, connection: sa.Connection, settings: Settings, key_id: str) -> None:
    """Check that no published token was made with another key.

    Raises:
        StopError: Some were; joins with them would find nothing.
    """
    number = warehouse.naming.published(PHONE_NUMBER)
    other = sa.select(number.c.token_key_id).where(number.c.token_key_id != key_id).limit(1)
    if (found := connection.execute(other).scalar()) is not None:
        config = shlex.quote(str(settings.config_file))
        raise StopError(
            f"{settings.config_file.name}: the published tokens were made with token key {found}, the settings hold "
            f"{key_id}: set the former again, or run `phoneseg keys rotate --config {config} --new-key-file FILE` with "
            f"the file of the latter"
        )
