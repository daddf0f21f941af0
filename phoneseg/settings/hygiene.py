"""What is repaired in phone cells, what is no number at all, and when a number or a contact is in doubt."""

from typing import Self

from pydantic import Field, model_validator

from phoneseg.settings.permission import Word
from phoneseg.settings.section import Section


class RepairSettings(Section):
    """Which damage of phone cells is repaired. A cell that holds one valid number is never changed."""

    split: bool = Field(True, description="Several numbers in one cell become one row each.")
    float: bool = Field(True, description="The point and zeros of a number that was stored as a float are cut off.")
    letters: bool = Field(True, description="Letters that were read for digits become those digits, such as O for 0.")
    trunk_zero: bool = Field(True, description="A leading zero that was lost is added, one too many is cut off.")
    area_code: bool = Field(
        True, description="A later number of a cell that lacks its area or calling code takes it from the one before."
    )


class NumberStateSettings(Section):
    """When a number is active, and when it looks as if nobody, or somebody else, had it."""

    active_days: int = Field(90, gt=0, description="Up to so many days after the last sign of life, it is active.")
    cooling_days: int = Field(365, gt=0, description="Up to so many, it is cooling; after that, dormant.")
    phone_channels: tuple[Word, ...] = Field(
        ("call", "sms", "mms", "rcs", "whatsapp", "viber"),
        description="Channels that go to a phone: of messages by id, the others say nothing of a number.",
    )
    permanent_failures: int = Field(
        2, ge=1, description="So many messages in a row that failed for good make a number look disconnected ..."
    )
    permanent_failure_days: float = Field(1, ge=0, description="... if the last was so many days after the first.")
    temporary_failures: int = Field(5, ge=1, description="So many in a row that failed in any way do ...")
    temporary_failure_days: float = Field(30, ge=0, description="... if the last was so many days after the first.")
    aging_days: int = Field(
        45, ge=0, description="Days before a disconnected number is given to another; in the US, at least 45."
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.cooling_days <= self.active_days:
            raise ValueError(f"`cooling_days` has to be more than `active_days`, which is {self.active_days}")
        return self


class IssueSettings(Section):
    """What issues of contacts and phones go by."""

    mobile_columns: tuple[str, ...] = Field(
        (), description="Phone columns for mobile numbers; without any, those with a name such as `mobile` or `cell`."
    )
    language_attributes: tuple[str, ...] = Field(
        ("language", "preferred_language", "locale"), description="Attributes that hold the contact's language."
    )
    language_share_pct: float = Field(
        1, ge=0, le=100, description="A language fits a region where at least so many percent of the people speak it."
    )


class QualityWeights(Section):
    """How much each part counts in the quality score of a source."""

    completeness: float = Field(0.25, ge=0, description="Weight of contacts that have something in a phone cell.")
    validity: float = Field(0.35, ge=0, description="Weight of numbers that are valid.")
    consistency: float = Field(0.15, ge=0, description="Weight of contacts of which nothing contradicts anything.")
    uniqueness: float = Field(0.1, ge=0, description="Weight of numbers that one contact of the source has.")
    freshness: float = Field(0.15, ge=0, description="Weight of numbers that are active or cooling.")

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        if not sum(self.model_dump().values()):
            raise ValueError("at least one weight has to be above 0")
        return self


class HygieneSettings(Section):
    """Which cells are quarantined though libphonenumber may read a number in them."""

    quarantine_placeholders: bool = Field(
        True, description="Numbers that fill a field, such as 0000000 and 1234567890, are quarantined."
    )
    quarantine_notation: bool = Field(
        True, description="Powers of ten that lost digits in a spreadsheet, such as 4.91513E+12, are quarantined."
    )
    quarantine_shared: bool = Field(
        True,
        description="Numbers that more than `people.max_persons_per_number` persons share are quarantined.",
    )
    repair: RepairSettings = RepairSettings()
    number_state: NumberStateSettings = NumberStateSettings()
    issues: IssueSettings = IssueSettings()
    quality: QualityWeights = QualityWeights()
