"""How many people make a place a town, and how many a city."""

from typing import Self

from pydantic import Field, model_validator

from phoneseg.settings.section import Section


class PlaceSettings(Section):
    """How many people make a place a town, and how many a city."""

    town_from_population: int = Field(5_000, ge=1, description="People from which on a place is a town.")
    urban_from_population: int = Field(50_000, ge=2, description="People from which on it is urban.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.town_from_population >= self.urban_from_population:
            raise ValueError("`town_from_population` is below `urban_from_population`")
        return self
