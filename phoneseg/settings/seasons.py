"""Peak seasons: when they are, and where."""

import re
from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from phoneseg.settings.section import Identifier, Section


def _check_region(region: str) -> str:
    if not re.fullmatch("[A-Z]{2}", region):
        raise ValueError(f"{region!r} should be an ISO 3166 alpha-2 code, such as DE")
    return region


def _check_day(day: str) -> str:
    try:
        date.fromisoformat(f"2001-{day}")  # no leap year: the day has to be there every year
    except ValueError:
        raise ValueError(f"{day!r} should be a month and a day of every year, such as 12-24") from None
    return day


Region = Annotated[str, AfterValidator(_check_region)]
MonthDay = Annotated[str, AfterValidator(_check_day)]


class Season(Section):
    """One peak season: from one day of the year to another, or around a holiday."""

    regions: tuple[Region, ...] = Field((), description="Regions that it is about, ISO 3166 alpha-2; none means all.")
    from_day: MonthDay | None = Field(None, description="Its first day every year, such as 12-24.")
    to_day: MonthDay | None = Field(None, description="Its last day.")
    holidays: tuple[str, ...] = Field(
        (), description="Instead of days: English names, or parts of names, of one holiday in the library `holidays`."
    )
    calendar_region: Region | None = Field(
        None, description="Region whose calendar has the holiday; without one, that of the contact."
    )
    from_offset_days: int = Field(0, description="Days from the holiday's first day to the first of the season.")
    to_offset_days: int = Field(0, description="Days from the holiday's last day to the last of the season.")

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if (self.from_day is None) != (self.to_day is None) or (self.from_day is None) != bool(self.holidays):
            raise ValueError("give either `from_day` and `to_day`, or `holidays`")
        if self.from_day is not None and (self.calendar_region or self.from_offset_days or self.to_offset_days):
            raise ValueError("`calendar_region` and offsets are for `holidays`")
        if self.from_offset_days > self.to_offset_days:
            raise ValueError("`from_offset_days` is at most `to_offset_days`")
        return self


def _regions(codes: str) -> tuple[str, ...]:
    return tuple(codes.split())


_NORTH_AMERICA: Final = ("CA", "US")
_EUROPE: Final = _regions("AT BE CH CZ DE DK ES FI FR GB GR HU IE IT LU NL NO PL PT RO SE SK")
_SECOND_SUNDAY_OF_MAY: Final = _regions(
    "AT AU BE BR CA CH CL CN CO CZ DE DK FI GR HK IN IT JP MY NL NZ PE PH SG TR TW US ZA"
)
_LUNAR_NEW_YEAR: Final = ("Chinese New Year", "Korean New Year", "Lunar New Year")

SHIPPED_SEASONS: Final = {
    # Monday before Thanksgiving to Cyber Monday.
    "black_friday": Season(holidays=("Thanksgiving Day",), calendar_region="US", from_offset_days=-3, to_offset_days=4),
    "christmas": Season(holidays=("Christmas",), from_offset_days=-24),  # on 7 January in Orthodox calendars
    "lunar_new_year": Season(holidays=_LUNAR_NEW_YEAR, from_offset_days=-21),
    "ramadan_eid": Season(holidays=("Eid al-Fitr",), from_offset_days=-30),
    "diwali": Season(holidays=("Diwali",), from_offset_days=-21, to_offset_days=2),
    "valentines": Season(
        regions=(*_NORTH_AMERICA, *_EUROPE, "AU", "JP", "KR", "MX", "NZ", "PH", "SG", "TW", "ZA"),
        from_day="02-01",
        to_day="02-14",
    ),
    "mothers_day": Season(
        regions=_SECOND_SUNDAY_OF_MAY, holidays=("Mother's Day",), calendar_region="US", from_offset_days=-14
    ),
    # The fourth Sunday of Lent is 19 days before Good Friday.
    "mothering_sunday": Season(
        regions=("GB", "IE"),
        holidays=("Good Friday",),
        calendar_region="GB",
        from_offset_days=-33,
        to_offset_days=-19,
    ),
    "singles_day": Season(regions=_regions("CN HK ID MO MY PH SG TH TW VN"), from_day="11-01", to_day="11-11"),
    "back_to_school": Season(regions=(*_NORTH_AMERICA, *_EUROPE), from_day="08-01", to_day="09-10"),
    "summer": Season(regions=(*_NORTH_AMERICA, *_EUROPE), from_day="06-15", to_day="07-31"),
}
"""The seasons that everybody has: what a shop of the region plans stock for."""


class SeasonSettings(Section):
    """Which peak seasons there are, and who buys in one."""

    look_back_years: int = Field(2, ge=1, description="Years before as_of whose purchases count.")
    min_purchases: int = Field(1, ge=1, description="Purchases in a season that make a contact one who buys in it.")
    min_years: int = Field(1, ge=1, description="Different years that those have to be from.")
    without: tuple[str, ...] = Field((), description="Shipped seasons to leave out.")
    calendar: dict[Identifier, Season] = Field(
        {}, description="Seasons of your own by name; one with the name of a shipped one replaces it."
    )

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if unknown := sorted(set(self.without) - set(SHIPPED_SEASONS)):
            raise ValueError(f"`without`: no shipped season `{unknown[0]}`; there is: {', '.join(SHIPPED_SEASONS)}")
        if self.min_years > self.look_back_years + 1:
            raise ValueError("`min_years` is at most one more than `look_back_years`")
        return self

    @property
    def by_name(self) -> dict[str, Season]:
        """The seasons that count, by name in alphabetical order."""
        shipped = {name: season for name, season in SHIPPED_SEASONS.items() if name not in self.without}
        return dict(sorted((shipped | self.calendar).items()))
