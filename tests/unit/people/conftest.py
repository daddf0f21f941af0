"""People for the tests, given by what is known of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import polars as pl
import pytest

from phoneseg.contracts import KEPT_PHONE, RAW_PERSON
from phoneseg.people import Resolution, resolve
from phoneseg.settings import PeopleSettings

Known = Mapping[str, object]
Resolve = Callable[..., Resolution]


@pytest.fixture
def resolve_people() -> Resolve:
    """Resolve contacts, given by id with what is known: a column of RAW_PERSON, `phones`, or of the number."""

    def call(contacts: Mapping[str, Known], **settings: float) -> Resolution:
        persons = [{"contact_id": each, "source": each.split(":")[0], **known} for each, known in contacts.items()]
        numbers = [
            {"contact_id": each, "phone_token": number, "is_valid": True, "number_type": "MOBILE", **known}
            for each, known in contacts.items()
            for number in _listed(known.get("phones", ()))
        ]
        return resolve(
            _frame(persons, RAW_PERSON.schema), _frame(numbers, KEPT_PHONE.schema), PeopleSettings(**settings)
        )

    return call


def _listed(numbers: object) -> Iterable[str]:
    return numbers if isinstance(numbers, tuple) else (str(numbers),)


def _frame(rows: list[dict[str, object]], schema: pl.Schema) -> pl.LazyFrame:
    return pl.LazyFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)


@pytest.fixture
def group(resolve_people: Resolve) -> Callable[..., list[set[str]]]:
    """Return the ids of the contacts that are one person, for each person of more than one."""

    def call(contacts: Mapping[str, Known], **settings: float) -> list[set[str]]:
        groups: dict[str, set[str]] = {}
        for contact, canonical in (
            resolve_people(contacts, **settings).canonical[["contact_id", "canonical_contact_id"]].iter_rows()
        ):
            groups.setdefault(canonical, set()).add(contact)
        assert all(canonical == min(members) for canonical, members in groups.items())
        return [members for members in groups.values() if len(members) > 1]

    return call


def born(text: str) -> date:
    """Return a date of birth."""
    return date.fromisoformat(text)
