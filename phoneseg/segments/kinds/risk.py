"""How much speaks for fraud by the contact, or by somebody with one of its numbers."""

import polars as pl

from phoneseg.contracts import RISK
from phoneseg.contracts.risk import RISK_LEVELS
from phoneseg.segments.kind import KindParameters, SegmentKind, version_of

_NAMES = {"low": "Low risk", "monitor": "Risk to monitor", "high": "High risk"}


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind; in shadow mode, nobody is in it.

    Args:
        parameters: The settings with the mode, and the days that a signal counts for.
    """
    risk = parameters.risk
    kind = SegmentKind(
        name=RISK,
        family="risk",
        description="How much speaks for fraud by the contact, or by somebody with one of its numbers.",
        definition=(
            f"risk_level: high or monitor where a signal of the last {risk.valid_days} days before as_of is about the "
            "contact or one of its numbers, whichever is highest; signals that a person labelled as fraud are high, "
            "legitimate ones do not count. low: a contact with a phone and no such signal, where anything was "
            "monitored in those days. Nobody in shadow mode."
        ),
        definition_version=version_of("1", (risk, "valid_days")),
        is_exclusive=True,
        inputs=("risk_level",),
        code=pl.col("risk_level"),
        label=pl.col("segment_code").replace_strict(_NAMES, default=pl.col("segment_code"), return_dtype=pl.String),
        codes=RISK_LEVELS,
        profile_settings=("risk.mode", "risk.valid_days"),
    )
    return kind if risk.mode == "on" else kind.without_members()
