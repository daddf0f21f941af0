"""Errors as libraries raise them: with the rows that they are about in them."""

from typing import Final

from tests.dags.canary.sources import tables

BREAKS: Final = {
    "extract": "phoneseg.pipeline.read_source",
    "normalize": "phoneseg.phones.read_cells",
    "profile": "phoneseg.pipeline.build_contact_base",
    "segment": "phoneseg.segments.membership.SegmentRules.assign",
    "load": "phoneseg.publish.load_staging",
    "audit": "phoneseg.pipeline.audit_staging",
    "swap": "phoneseg.publish.swap_staging",
}
"""A function that each verb of `segment_contacts` calls, in their order."""

DETECT_BREAKS: Final = "phoneseg.monitor.detect.count_interval"
"""A function that a verb of `monitor_activity` calls."""


def quote_rows(*_: object, **__: object) -> object:
    """Raise what a library might: in its words, its arguments, its notes and its cause it quotes rows."""
    rows = tables()["customer"].rows()
    error = RuntimeError(f"cannot do this: {rows[0][0]} in {rows}", rows)
    error.add_note(f"while reading {rows}")
    raise error from KeyError(rows)
