"""Where the segments of the kinds that phoneseg ships begin and end."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from phoneseg.settings.section import Identifier, Section


def _check_scores(scores: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= scores[0] <= scores[1] <= 5:
        raise ValueError("give the lowest and the highest score, such as [4, 5]; scores go from 1 to 5")
    return scores


def _check_ascending(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if any(low >= high for low, high in pairwise((0, *bounds))):
        raise ValueError("the numbers have to rise, and to be above 0")
    return bounds


RISING: Final = AfterValidator(_check_ascending)
ScoreRange = Annotated[tuple[int, int], AfterValidator(_check_scores)]


class RfmSegment(Section):
    """One named RFM segment; a contact is in the first that fits."""

    recency: ScoreRange = Field(description="Lowest and highest score of recency.")
    frequency_monetary: ScoreRange = Field(
        description="Lowest and highest mean of the scores of frequency and money, a half rounded up."
    )


# The grid of recency by frequency and money that the RFM literature's names are laid on, as in the R package `rfm`
# (rsquaredacademy) and at Putler; every pair of scores is in one.
DEFAULT_RFM: Final = {
    name: RfmSegment(recency=recency, frequency_monetary=frequency_monetary)
    for name, recency, frequency_monetary in (
        ("champions", (5, 5), (4, 5)),
        ("loyal", (3, 4), (4, 5)),
        ("potential_loyalist", (4, 5), (2, 3)),
        ("new_customers", (5, 5), (1, 1)),
        ("promising", (4, 4), (1, 1)),
        ("need_attention", (3, 3), (3, 3)),
        ("about_to_sleep", (3, 3), (1, 2)),
        ("cant_lose", (1, 2), (5, 5)),
        ("at_risk", (1, 2), (3, 4)),
        ("hibernating", (2, 2), (1, 2)),
        ("lost", (1, 1), (1, 2)),
    )
}


class LifecycleSettings(Section):
    """Days without activity that part active, cooling, dormant and lost contacts."""

    new_days: int = Field(30, ge=1, description="Days since a contact was first seen that it is new.")
    active_days: int = Field(30, ge=1, description="Days since the last activity up to which a contact is active.")
    cooling_days: int = Field(90, ge=1, description="Days up to which it is cooling.")
    dormant_days: int = Field(365, ge=1, description="Days up to which it is dormant; after that it is lost.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.active_days < self.cooling_days < self.dormant_days:
            raise ValueError("`active_days` is below `cooling_days`, and that is below `dormant_days`")
        return self


class EngagementSettings(Section):
    """How much a contact does, and how fast it answers, for a level of engagement."""

    window_days: int = Field(90, description="Which of the windows of the profile the level is about.")
    medium_from_count: int = Field(2, ge=2, description="Events from the contact from which on the level is medium.")
    high_from_count: int = Field(6, ge=3, description="Events from the contact from which on the level is high.")
    quick_response_hours: float = Field(
        1.0, gt=0, description="A median answer within these hours makes the level one higher."
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.medium_from_count >= self.high_from_count:
            raise ValueError("`medium_from_count` is below `high_from_count`")
        return self


class AgeSettings(Section):
    """Bands of age."""

    bands_from_years: Annotated[tuple[int, ...], RISING] = Field(
        (18, 25, 35, 45, 55, 65), min_length=1, description="Ages that a band starts at; the first one starts at 0."
    )
    placeholder_birth_dates: tuple[date, ...] = Field(
        (date(1900, 1, 1), date(1970, 1, 1)), description="Dates of birth that only stand for an unknown one."
    )


class IncomeSettings(Section):
    """Bands of income, in the unit of the source."""

    bands_from: Annotated[tuple[float, ...], RISING] = Field(
        (15_000.0, 30_000.0, 60_000.0, 100_000.0),
        min_length=1,
        description="Incomes that a band starts at; the first one starts at 0.",
    )


class GenderSettings(Section):
    """Further spellings of genders; common ones are known."""

    female: tuple[str, ...] = Field((), description="Spellings that mean female.")
    male: tuple[str, ...] = Field((), description="Spellings that mean male.")
    other: tuple[str, ...] = Field((), description="Spellings that mean neither.")

    @model_validator(mode="after")
    def _check_spellings(self) -> Self:
        spellings = [text.strip().lower() for text in (*self.female, *self.male, *self.other)]
        if len(set(spellings)) < len(spellings):
            raise ValueError("a spelling stands twice in `female`, `male` and `other`")
        return self


RfmSegments = dict[Identifier, RfmSegment]
