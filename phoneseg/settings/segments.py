"""Which segments there are, and where they begin and end."""

from pydantic import Field

from phoneseg.settings.section import Section


class SegmentSettings(Section):
    """Which segments there are, and where they begin and end."""

    definitions: str = Field("segments/*.toml", description="Files with definitions of your own, as a glob.")
    max_change_pct: float = Field(
        50, gt=0, description="Percent by which the size of a segment may change from one run to the next."
    )
    max_change_from_contacts: int = Field(1000, ge=1, description="Members from which on that is checked.")
