"""When the activity of a prefix is a spike."""

from typing import Literal, Self

from pydantic import Field, model_validator

from phoneseg.settings.section import Section


class SpikeSettings(Section):
    """What spikes of the activity of prefixes go by."""

    history_weeks: int = Field(8, ge=3, le=53, description="Weeks before the window that its expectation comes from.")
    half_life_days: float = Field(28, gt=0, description="A day so long ago counts half as much as the last one.")
    false_discovery_pct: float = Field(
        5, gt=0, lt=50, description="Percent of the spikes of a window that may be false, on average."
    )
    procedure: Literal["bh", "by"] = Field(
        "bh",
        description="How false discoveries are held down: bh, Benjamini-Hochberg; by, Benjamini-Yekutieli, which holds "
        "however prefixes depend on each other, and finds less.",
    )
    is_mid_p: bool = Field(
        True,
        description="False discoveries are counted by mid-p-values, which make up for counts being whole numbers; "
        "without them, fewer are found, and fewer than `false_discovery_pct` are false.",
    )
    min_observed: int = Field(5, ge=1, description="A spike has at least so many events.")
    min_ratio: float = Field(1.2, ge=1, description="A spike has at least so many times the events expected.")
    high_score: float = Field(8, gt=0, description="From this robust z on, a spike is of risk level high.")
    min_history_days: int = Field(
        14, ge=1, description="A prefix that was first seen later than so many days ago is compared with new ones, too."
    )
    min_new_prefixes: int = Field(
        20, ge=3, description="Fewer new prefixes than so many in the history tell nothing of how new ones begin."
    )
    outlier_p_value: float = Field(
        1e-4, gt=0, lt=0.05, description="A window of the history that is less likely than this does not count ..."
    )
    max_outlier_pct: float = Field(
        10, ge=0, lt=50, description="... unless more than so many percent of the prefix's windows are that unlikely."
    )
    min_group_size: int = Field(
        30, ge=2, description="So many prefixes of a calling code have a common season of their own."
    )
    inside_p_value: float = Field(
        0.001,
        gt=0,
        lt=0.5,
        description="A spike within a spike stands for itself where the other explains it with less than this chance.",
    )
    standout_pct: float = Field(
        50,
        gt=0,
        le=100,
        description="What carries at least so many percent of the excess stands out inside a spike ...",
    )
    standout_gain_pct: float = Field(
        25,
        ge=0,
        le=100,
        description="... if that is so many more than it has of the events before, in percentage points.",
    )

    @model_validator(mode="after")
    def _check_history(self) -> Self:
        if self.min_history_days > 7 * self.history_weeks:
            raise ValueError("`min_history_days` has to lie within `history_weeks`")
        return self
