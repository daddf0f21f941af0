"""Runs that an erasure, or a new token key, has overtaken: what they read must not come back."""

import sqlalchemy as sa

from phoneseg.contracts import PHONE_NUMBER, TOMBSTONE
from phoneseg.errors import SupersededError
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse


def check_nobody_erased(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Check that nobody was erased since the run read who was, and that the published tokens are of its key.

    Raises:
        SupersededError: Somebody was, or they are not.
    """
    known = run.stage.read_counts("erased")
    tombstone, number = (warehouse.naming.published(table) for table in (TOMBSTONE, PHONE_NUMBER))
    columns = [tombstone.c[name] for name in TOMBSTONE.key]  # their number alone would not tell: some may be taken back
    buried = {tuple(row) for row in connection.execute(sa.select(*columns))}
    if not buried <= set(run.stage.scan(TOMBSTONE.name).select(TOMBSTONE.key).collect().iter_rows()):
        raise SupersededError(
            f"run {run.run_id}: somebody was erased since this run read the sources; nothing was published, start a "
            "new run"
        )
    key_id = f"{known['token_key_number']:08x}"
    other = sa.select(number.c.token_key_id).where(number.c.token_key_id != key_id).limit(1)
    if connection.execute(other).scalar() is not None:
        raise SupersededError(
            f"run {run.run_id}: the tokens got another key since this run made its own; nothing was published, start "
            "a new run with the new key in the settings"
        )
