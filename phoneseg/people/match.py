"""Resolves the contacts of a run into people, in the run's stage folder."""

import logging
from typing import Final

import polars as pl

from phoneseg.activity import list_contacts, scan_known_phones
from phoneseg.contracts import (
    CONTACT_CANONICAL,
    KEPT_CANONICAL,
    RAW_PERSON,
    REGROUPED_CONTACT,
    SHARED_NUMBER,
)
from phoneseg.people.quarantine import scan_quarantined_phones
from phoneseg.people.resolver import resolve
from phoneseg.privacy import TokenKey
from phoneseg.run import Run

_DECIDED: Final = ("canonical_contact_id", "member_count", "match_rule", "score")
log = logging.getLogger(__name__)


def resolve_people(run: Run, key: TokenKey) -> dict[str, int]:
    """Tell which contacts are one person, and what shared numbers are.

    Writes `contact_canonical`, `shared_number` and `regrouped_contact`. All contacts are compared, whichever the run
    read. Of a partial run, `contact_canonical` holds only the rows that differ from what is published;
    `regrouped_contact` names their contacts, and those that are gone.

    Args:
        run: A run whose contacts are extracted and whose phones are read.
        key: The key of the tokens.

    Returns:
        `person_count`, `shared_number_count`.
    """
    stage = run.stage
    contacts = list_contacts(stage)
    told = stage.scan(RAW_PERSON.name).drop("source")
    source = pl.col("contact_id").str.extract("^([^:]*):")
    persons = RAW_PERSON.conform(contacts.lazy().with_columns(source=source).join(told, on="contact_id", how="left"))
    phones = pl.concat([scan_known_phones(stage), scan_quarantined_phones(stage, key)])
    canonical, shared = resolve(persons, phones, run.settings.people)
    person_count = canonical["canonical_contact_id"].n_unique()
    stage.write(SHARED_NUMBER.name, SHARED_NUMBER.conform(shared.lazy()))
    is_partial = bool(stage.read_counts("extract")["is_partial"])
    kept = stage.scan(KEPT_CANONICAL.name)
    changed = canonical.lazy().join(kept, on=("contact_id", "source", *_DECIDED), how="anti", nulls_equal=True)
    differing = changed if is_partial else canonical.lazy()
    stage.write(CONTACT_CANONICAL.name, CONTACT_CANONICAL.conform(differing))
    gone = kept.join(canonical.lazy(), on="contact_id", how="anti")
    regrouped = pl.concat([rows.select("contact_id") for rows in (changed, gone)])
    stage.write(REGROUPED_CONTACT.name, regrouped if is_partial else regrouped.clear())
    log.info("normalize: %s contacts are %s persons", f"{len(canonical):,}", f"{person_count:,}")
    return {"person_count": person_count, "shared_number_count": len(shared)}
