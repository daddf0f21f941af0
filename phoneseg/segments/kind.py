"""What a segment kind is."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from phoneseg.settings import SegmentSettings


@dataclass(frozen=True)
class KindParameters:
    """What a kind may depend on besides the profile.

    Attributes:
        as_of: The instant that the segments are about, UTC.
        settings: The settings of the segments.
    """

    as_of: datetime
    settings: SegmentSettings


@dataclass(frozen=True)
class SegmentKind:
    """One way to divide contacts, as expressions over the contact profile.

    Attributes:
        name: The `segment_kind`.
        family: Kinds that belong together, such as geographic.
        description: What a segment of this kind says of a contact.
        definition: The rule, in words.
        definition_version: Version of the rule; raise it when the rule changes.
        is_exclusive: Whether a contact has at most one code. Else `code` is a list.
        inputs: Columns of CONTACT_PROFILE that `code` and `label` read.
        code: The `segment_code` of a profile, a string (a list of strings where the kind is not exclusive); null (or an
            empty list) makes no member.
        label: The segment's name for people, over `segment_code` and `inputs`; the same for all members of a code.
    """

    name: str
    family: str
    description: str
    definition: str
    definition_version: str
    is_exclusive: bool
    inputs: tuple[str, ...]
    code: pl.Expr
    label: pl.Expr

    def assign(self, profile: pl.LazyFrame) -> pl.LazyFrame:
        """Return the members: one row per contact and code.

        Args:
            profile: Rows of CONTACT_PROFILE.

        Returns:
            `contact_id`, `source`, `segment_kind`, `segment_code`, `segment_name`, `definition_version`; no nulls.
        """
        coded = profile.select("contact_id", "source", *self.inputs).with_columns(segment_code=self.code)
        if not self.is_exclusive:
            coded = coded.with_columns(pl.col("segment_code").list.unique()).explode("segment_code")
        return (
            coded.filter(pl.col("segment_code").is_not_null())
            .with_columns(segment_name=self.label)
            .select(
                "contact_id",
                "source",
                pl.lit(self.name).alias("segment_kind"),
                "segment_code",
                "segment_name",
                pl.lit(self.definition_version).alias("definition_version"),
            )
        )
