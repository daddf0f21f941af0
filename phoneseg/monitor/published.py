"""What is published already of numbers, their contacts, and the activity of prefixes."""

from datetime import timedelta
from typing import Final

import polars as pl
import sqlalchemy as sa

from phoneseg.contracts import CONTACT_PHONE, CONTACT_PROFILE, PHONE_NUMBER, Area, Column, Keeping, PrivacyClass, Table
from phoneseg.contracts.risk import NUMBER_HOLDER, PREFIX_ACTIVITY, PREFIX_HISTORY
from phoneseg.monitor.staged_keys import stage_keys
from phoneseg.risk.read_times import ends_day
from phoneseg.run import Run
from phoneseg.warehouse import Warehouse

PRIMARY_PHONE: Final = pl.Schema({name: pl.String() for name in ("contact_id", "phone_token", "phone_e164")})
"""Schema of the rows of `read_primary_phones`."""

NAMED_CONTACT: Final = Table(
    "named_contact",
    "One contact that rows of a monitored source name by its id.",
    Keeping.CURRENT,
    ("contact_id",),
    (Column("contact_id", pl.String, "The contact, published or not.", PrivacyClass.PSEUDONYM),),
    Area.STAGE,
)
EVENT_NUMBER: Final = Table(
    "event_number",
    "One number with events.",
    Keeping.CURRENT,
    ("phone_token",),
    (Column("phone_token", pl.String, "Its token.", PrivacyClass.PSEUDONYM),),
    Area.STAGE,
)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)


def read_primary_phones(warehouse: Warehouse, run: Run, contacts: pl.LazyFrame) -> pl.DataFrame:
    """Return the primary phones that are published of contacts: `contact_id`, `phone_token`, `phone_e164`.

    Args:
        warehouse: The warehouse; no transaction of it is open.
        run: A run with a stage folder.
        contacts: Their `contact_id`, each once.
    """
    phone, number = (warehouse.naming.published(table) for table in (CONTACT_PHONE, PHONE_NUMBER))
    with stage_keys(warehouse, run, NAMED_CONTACT, contacts) as named, warehouse.snapshot() as connection:
        is_primary = (phone.c.contact_id == named.c.contact_id) & phone.c.is_primary.is_(True)
        joined = named.join(phone, is_primary).join(number, number.c.phone_token == phone.c.phone_token)
        columns = (named.c.contact_id, phone.c.phone_token, number.c.phone_e164)
        batches = warehouse.read_batches(connection, sa.select(*columns).select_from(joined))
        return pl.concat([batch.cast(PRIMARY_PHONE) for batch in batches])


def read_holders(warehouse: Warehouse, run: Run, tokens: pl.LazyFrame) -> None:
    """Read which published contacts have numbers with events. Writes `number_holder`.

    Args:
        warehouse: The warehouse; no transaction of it is open.
        run: A run with a stage folder.
        tokens: `phone_token` of the numbers, each once.
    """
    phone, profile = (warehouse.naming.published(table) for table in (CONTACT_PHONE, CONTACT_PROFILE))
    with (
        stage_keys(warehouse, run, EVENT_NUMBER, tokens) as number,
        warehouse.snapshot() as connection,
        run.stage.append(NUMBER_HOLDER) as append,
    ):
        joined = number.join(phone, phone.c.phone_token == number.c.phone_token)
        joined = joined.outerjoin(profile, profile.c.contact_id == phone.c.contact_id)
        created = profile.c.contact_created_at.label("created_at")
        columns = (number.c.phone_token, phone.c.contact_id, created)
        held = sa.select(*columns).select_from(joined).distinct()  # a contact may write one number twice
        for batch in warehouse.read_batches(connection, held):
            append(batch)


def read_history(warehouse: Warehouse, connection: sa.Connection, run: Run) -> None:
    """Read the activity of prefixes from before the interval, as spikes are compared with it. Writes `prefix_history`.

    Those are the days of `history_weeks` weeks and one, and the hour that ends with the interval in the weeks before.
    What ends within the interval is the run's own, whoever published it. Where no day ends, the levels that are counted
    by the day alone stay out.

    Args:
        warehouse: The warehouse.
        connection: A connection of `Warehouse.snapshot`.
        run: A run with a stage folder.
    """
    published = warehouse.naming.published(PREFIX_ACTIVITY)
    weeks = run.settings.risk.spikes.history_weeks
    is_day = (published.c.window_h == 24) & (published.c.as_of > run.as_of - weeks * _WEEK - _DAY)
    same_hours = [run.as_of - week * _WEEK for week in range(1, weeks + 1)]
    is_hour = (published.c.window_h == 1) & published.c.as_of.in_(same_hours)
    columns = [published.c[name] for name in PREFIX_HISTORY.column_names]
    rows = sa.select(*columns).where(published.c.as_of <= run.data_interval_start, is_day | is_hour)
    if not ends_day(run.as_of):
        rows = rows.where(published.c.prefix_level.in_(run.settings.risk.hourly_levels))
    with run.stage.append(PREFIX_HISTORY) as append:
        for batch in warehouse.read_batches(connection, rows):
            append(batch)
