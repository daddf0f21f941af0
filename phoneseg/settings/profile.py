"""How activity becomes figures of a contact."""

from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from phoneseg.settings.place import PlaceSettings
from phoneseg.settings.seasons import SeasonSettings
from phoneseg.settings.section import Currency, Section

DEFAULT_WINDOWS_DAYS: Final = (7, 30, 90, 365)
_RATE_DIGITS: Final = 12
_RATES: Final = (1e-9, 1e9)


def _exact_rate(rate: float) -> float:
    """Check that amounts times the rate can be computed exactly: `extract` does so in 128 bits."""
    if not _RATES[0] <= rate <= _RATES[1]:
        raise ValueError(f"a rate is between {_RATES[0]:g} and {_RATES[1]:g}")
    if len(Decimal(repr(rate)).normalize().as_tuple().digits) > _RATE_DIGITS:
        raise ValueError(f"a rate has at most {_RATE_DIGITS} digits")
    return rate


ExchangeRate = Annotated[float, AfterValidator(_exact_rate)]


class ProfileSettings(Section):
    """How activity becomes figures of a contact."""

    windows_days: tuple[int, ...] = Field(
        DEFAULT_WINDOWS_DAYS, min_length=1, description="Days of the windows that end at as_of; all time comes on top."
    )
    response_within_hours: float = Field(
        24, gt=0, description="Hours within which an answer to a message or a missed call counts as one."
    )
    night_from_hour: int = Field(22, ge=0, le=23, description="Hour of the local day at which the night begins.")
    night_to_hour: int = Field(6, ge=0, le=23, description="Hour of the local day at which the night ends.")
    max_contacts_per_number: int = Field(
        20, ge=1, description="A number that more contacts share is nobody's: its calls count for none of them."
    )
    currency: Currency | None = Field(
        None, description="Currency of all amounts, ISO 4217; without one they stay as they are."
    )
    exchange_rates: dict[Currency, ExchangeRate] = Field(
        {}, description="What one unit of another currency is worth in that currency; others have no amounts."
    )
    rfm_window_days: int = Field(365, description="Which of the windows the scores of frequency and money are about.")
    place: PlaceSettings = PlaceSettings()
    seasons: SeasonSettings = SeasonSettings()

    @model_validator(mode="after")
    def _check_windows(self) -> Self:
        if min(self.windows_days) < 1 or len(set(self.windows_days)) < len(self.windows_days):
            raise ValueError("`windows_days` holds different numbers of days, each at least 1")
        if self.rfm_window_days not in self.windows_days:
            raise ValueError("`rfm_window_days` is one of `windows_days`")
        return self

    @model_validator(mode="after")
    def _check_currency(self) -> Self:
        if self.exchange_rates and self.currency is None:
            raise ValueError("`exchange_rates` say what others are worth in `currency`; give it, too")
        if self.currency is not None and self.exchange_rates.get(self.currency, 1) != 1:
            raise ValueError(f"`exchange_rates` give {self.currency} another worth than 1, and it is the `currency`")
        return self
