"""Contacts and events as the frames that `build_profiles` takes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import polars as pl

from phoneseg.contracts import ACTIVITY, CONTACT_BASE
from phoneseg.profiles import build_profiles
from phoneseg.settings import ProfileSettings
from tests.unit.profiles.reference import Event


def contact_base(*contacts: Mapping[str, Any]) -> pl.LazyFrame:
    """Return rows of CONTACT_BASE with what is given; the rest is null."""
    rows = pl.LazyFrame(
        contacts, {name: CONTACT_BASE.schema[name] for name in dict.fromkeys(k for c in contacts for k in c)}
    )
    absent = [pl.lit(None).alias(name) for name in CONTACT_BASE.column_names if name not in rows.collect_schema()]
    return CONTACT_BASE.conform(rows.with_columns(absent))


def activity(events: Iterable[Event]) -> pl.LazyFrame:
    """Return rows of ACTIVITY."""
    return pl.LazyFrame([asdict(event) for event in events], ACTIVITY.schema)


def profile_of(
    *events: Event, as_of: datetime, settings: ProfileSettings | None = None, **contact: Any
) -> dict[str, Any]:
    """Return the profile of one contact, `c`."""
    base = contact_base({"contact_id": "c", **contact})
    return build_profiles(base, activity(events), as_of, settings or ProfileSettings()).collect().row(0, named=True)
