"""What a segment kind is."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

import polars as pl

from phoneseg.settings import ContactPolicy, NumberStateSettings, ProfileSettings, SegmentSettings, Settings
from phoneseg.settings.risk import RiskSettings
from phoneseg.settings.section import Section

_SAID_BY: Final = {"birth_date": "birth_date", "gender": "gender", "income_amount": "income"}
"""Columns of the profile that contact sources alone fill, and the key of a source that says from which of its own."""


@dataclass(frozen=True)
class KindParameters:
    """What a kind may depend on besides the profile.

    Attributes:
        as_of: The instant that the segments are about, UTC.
        settings: The settings of the segments.
        profile: The settings of the profile, whose windows say which columns there are.
        unfilled: Columns of the profile that no source fills, for want of a column of its own.
        contact: What holds for contacts of whose consent no source says anything.
        number_state: The bounds of the states of numbers.
        risk: Whether signals of risk make members, and how long one counts.
    """

    as_of: datetime
    settings: SegmentSettings
    profile: ProfileSettings
    unfilled: frozenset[str] = frozenset()
    contact: ContactPolicy = field(default_factory=ContactPolicy)
    number_state: NumberStateSettings = field(default_factory=NumberStateSettings)
    risk: RiskSettings = field(default_factory=RiskSettings)

    @classmethod
    def of(cls, settings: Settings, as_of: datetime) -> Self:
        """Return what the settings give, with all their contact sources, for segments at `as_of`, UTC."""
        sources = settings.contacts.values()
        unfilled = (column for column, key in _SAID_BY.items() if all(getattr(each, key) is None for each in sources))
        contact, number_state = settings.privacy.contact, settings.hygiene.number_state
        return cls(
            as_of, settings.segments, settings.profile, frozenset(unfilled), contact, number_state, settings.risk
        )


def version_of(rule: str, *bounds: tuple[Section, str]) -> str:
    """Return the version of a rule that has bounds in the settings.

    Args:
        rule: Version of the rule itself.
        bounds: Sections of the settings, and the key of each that the rule depends on.

    Returns:
        `rule` for the bounds that phoneseg ships, else `rule` and a short hash of the others, the same for the same.
    """
    # As text, which keeps the order of the keys: it matters where the first rule that fits counts.
    chosen = [_as_text(section, key) for section, key in bounds]
    if chosen == [_as_text(type(section)(), key) for section, key in bounds]:
        return rule
    return f"{rule}-{hashlib.sha256(''.join(chosen).encode()).hexdigest()[:8]}"


def _as_text(section: Section, key: str) -> str:
    return json.dumps(section.model_dump(mode="json", include={key}))


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
        codes: Every code that `code` can give; None where they come from the data.
        profile_settings: Keys of the settings that decide what stands in `inputs` of a profile, and not only in
            `code`: whoever edits them sees their effect in new profiles alone.
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
    codes: tuple[str, ...] | None = None
    profile_settings: tuple[str, ...] = ()

    def without_members(self) -> Self:
        """Return the kind, which definitions and views may go on to name, as one that no contact is in."""
        nobody = pl.lit(None, pl.String if self.is_exclusive else pl.List(pl.String))
        version = f"{self.definition_version}-unfilled"  # members come and go because of the settings
        return replace(self, inputs=(), code=nobody, label=pl.col("segment_code"), definition_version=version)

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
