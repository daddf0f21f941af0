"""Contacts that object to being profiled."""

import polars as pl

from phoneseg.contracts import OBJECTION
from phoneseg.segments.kind import SegmentKind

KIND = SegmentKind(
    name=OBJECTION,
    family="consent",
    description="The contact objects to profiling, so that no segment is made of what it does or is.",
    definition="profiling where has_objection.",
    definition_version="1",
    is_exclusive=True,
    inputs=("has_objection",),
    code=pl.when("has_objection").then(pl.lit("profiling")),
    label=pl.lit("Objects to profiling"),
    codes=("profiling",),
)
