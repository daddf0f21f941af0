"""What the reports may say of few contacts."""

from typing import Self

from pydantic import Field, model_validator

from phoneseg.settings.section import Identifier, Section


class ReportSettings(Section):
    """What the reports in schema `<schema>_report` hide and round."""

    min_count: int = Field(11, ge=2, description="No count below it is ever shown.")
    round_to: int = Field(15, ge=3, description="Counts are rounded at random to the multiple below or above.")
    crossed_kinds: tuple[Identifier, ...] = Field(
        ("country", "number_type", "lifecycle", "engagement", "contactable"),
        description="Kinds of segments whose overlaps are counted, each with each.",
    )

    @model_validator(mode="after")
    def _check_width(self) -> Self:
        if self.round_to <= self.min_count:  # a step has to leave as many counts possible as are hidden
            raise ValueError(f"`round_to` has to be more than `min_count`, which is {self.min_count}")
        if len(set(self.crossed_kinds)) < len(self.crossed_kinds):
            raise ValueError("`crossed_kinds` names a kind twice")
        return self
