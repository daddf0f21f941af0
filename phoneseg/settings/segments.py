"""Which segments there are, and where they begin and end."""

from typing import Self

from pydantic import Field, model_validator

from phoneseg.settings.kinds import (
    DEFAULT_RFM,
    AgeSettings,
    EngagementSettings,
    GenderSettings,
    IncomeSettings,
    LifecycleSettings,
    RfmSegments,
)
from phoneseg.settings.section import Section


class SegmentSettings(Section):
    """Which segments there are, and where they begin and end."""

    definitions: str = Field("segments/*.toml", description="Files with definitions of your own, as a glob.")
    max_change_pct: float = Field(
        50, gt=0, description="Percent by which the size of a segment may change from one run to the next."
    )
    max_change_from_contacts: int = Field(1000, ge=1, description="Members from which on that is checked.")
    attributes: tuple[str, ...] = Field(
        (), description="Attributes of the contact sources whose values are segments of kind `attribute`."
    )
    rfm: RfmSegments = Field(
        DEFAULT_RFM, min_length=1, description="Named RFM segments by code, the first to try first; yours replace all."
    )
    lifecycle: LifecycleSettings = LifecycleSettings()
    engagement: EngagementSettings = EngagementSettings()
    age: AgeSettings = AgeSettings()
    income: IncomeSettings = IncomeSettings()
    gender: GenderSettings = GenderSettings()

    @model_validator(mode="after")
    def _check_attributes(self) -> Self:
        if len(set(self.attributes)) < len(self.attributes):
            raise ValueError("`attributes` names an attribute twice")
        return self
