"""How activity becomes figures of a contact."""

from typing import Final, Self

from pydantic import Field, model_validator

from phoneseg.settings.place import PlaceSettings
from phoneseg.settings.seasons import SeasonSettings
from phoneseg.settings.section import Section

DEFAULT_WINDOWS_DAYS: Final = (7, 30, 90, 365)


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
    currency: str | None = Field(
        None, description="Currency of all amounts, ISO 4217; without one they stay as they are."
    )
    exchange_rates: dict[str, float] = Field(
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
