"""Channels that a contact may be reached by, each with a purpose."""

import polars as pl

from phoneseg.contracts import CONTACTABLE
from phoneseg.segments.kind import KindParameters, SegmentKind, version_of


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind; without a source that names a channel or a purpose it has no members.

    Args:
        parameters: The settings with the rule where no source says anything.
    """
    return SegmentKind(
        name=CONTACTABLE,
        family="consent",
        description="What the contact may be contacted for, and by which channel.",
        definition=(
            "channel:purpose of the rows of contact_permission with is_contactable, such as sms:marketing; a star "
            "stands for all channels, or all purposes."
        ),
        definition_version=version_of(
            "1", *((parameters.contact, key) for key in ("default", "channels", "numberless_channels"))
        ),
        is_exclusive=False,
        inputs=("contactable",),
        code=pl.col("contactable").str.split(","),
        label=pl.col("segment_code").str.replace(":", ": ", literal=True),
        profile_settings=("privacy.contact",),
    )
