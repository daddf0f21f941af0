"""Writes signals of risk and reviews into the published tables, as the hourly pipeline and people do."""

from datetime import datetime, timedelta

import polars as pl

from phoneseg.contracts import Table
from phoneseg.contracts.risk import RISK_MEMBER, RISK_REVIEW, RISK_SIGNAL
from phoneseg.settings import Settings
from phoneseg.warehouse import open_warehouse
from phoneseg.warehouse.migrations import prepare_tables

WEEK = timedelta(days=7)


def make_tables(settings: Settings) -> None:
    """Make the published tables, empty."""
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        prepare_tables(warehouse, connection, settings)


def write_signal(
    settings: Settings, kind: str, members: list[str], as_of: datetime, level: str = "monitor", **more: object
) -> str:
    """Write a signal about the first member, or about the cluster of several; return its subject."""
    told = {"as_of": as_of, "window_start": as_of - WEEK, "signal_kind": kind, "subject": members[0]}
    subject_kind = "number" if len(members) == 1 else "cluster"
    write_row(settings, RISK_SIGNAL, **told | {"subject_kind": subject_kind, "risk_level": level} | more)
    for member in members:
        member_kind = "contact" if ":" in member else "number"
        write_row(settings, RISK_MEMBER, **told, member_kind=member_kind, member=member)
    return members[0]


def write_review(
    settings: Settings, kind: str, subject: str, as_of: datetime, label: str | None = None, subject_kind: str = "number"
) -> None:
    """Write the row of a subject that was flagged, with a label where somebody has set one."""
    labelled_at = as_of if label else None
    told = {"signal_kind": kind, "subject": subject, "subject_kind": subject_kind, "as_of": as_of}
    write_row(settings, RISK_REVIEW, **told, label=label, labelled_at=labelled_at)


def write_row(settings: Settings, table: Table, **values: object) -> None:
    """Write a row; columns without a value are null, or get one that says nothing."""
    empty = {each.name: None if each.nullable else "any" for each in table.columns}
    numbers = {name: 1 for name, dtype in table.schema.items() if dtype.is_numeric() and empty[name]}
    numbers |= {name: 1.0 for name, dtype in table.schema.items() if dtype == pl.Float64 and empty[name]}
    warehouse = open_warehouse(settings)
    with warehouse.transaction() as connection:
        connection.execute(warehouse.naming.published(table).insert(), [empty | numbers | values])
