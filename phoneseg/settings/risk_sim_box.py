"""How numbers are examined for being in a SIM box: windows, points of the score, the model, and what a loss costs."""

from typing import Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from phoneseg.settings.section import Section


class Rule(Section):
    """One rule of the score: an indicator gives no points up to `none_at`, all from `all_at` on, in between a part.

    Where `all_at` is the smaller of the two, less of the indicator gives more points.
    """

    none_at: float = Field(description="Value of the indicator that gives no points.")
    all_at: float = Field(description="Value that gives all of them.")
    points: float = Field(ge=-100, le=100, description="Points; below 0, they speak against a SIM box.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.none_at == self.all_at:
            raise ValueError("`none_at` and `all_at` have to differ")
        return self


class SimBoxRules(Section):
    """The rules of the score. Their sum, from 0 to 100, is the score."""

    outgoing_calls_per_day: Rule = Rule(none_at=8, all_at=40, points=15)
    distinct_callee_pct: Rule = Rule(none_at=50, all_at=90, points=15)
    incoming_pct: Rule = Rule(none_at=25, all_at=3, points=15)
    reciprocal_pct: Rule = Rule(none_at=20, all_at=2, points=10)
    main_cell_pct: Rule = Rule(none_at=60, all_at=95, points=10)
    mean_duration_s: Rule = Rule(none_at=60, all_at=150, points=10)
    evening_pct: Rule = Rule(none_at=25, all_at=50, points=5)
    weekend_ratio: Rule = Rule(none_at=0.4, all_at=1.0, points=5)
    messages_pct: Rule = Rule(none_at=5, all_at=0, points=5)
    numbers_on_device: Rule = Rule(none_at=3, all_at=9, points=15)
    device_count: Rule = Rule(none_at=2, all_at=4, points=10)
    one_way_numbers_in_cell: Rule = Rule(none_at=3, all_at=10, points=10)


class SimBoxSettings(Section):
    """When a number looks like one of a SIM box."""

    window_days: int = Field(7, gt=0, le=31, description="Days of calls that a number is judged by.")
    time_zone: str = Field("UTC", description="Time zone of night, evening and weekend, such as Africa/Accra.")
    min_outgoing_calls: int = Field(
        20, gt=0, description="Numbers with fewer outgoing calls in the window are not judged."
    )
    monitor_score: float = Field(75, ge=0, le=100, description="From this score on, a number is told, to be watched.")
    high_score: float = Field(90, ge=0, le=100, description="From this score on, its risk is high.")
    rules: SimBoxRules = SimBoxRules()

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone of the IANA database, such as Africa/Accra")
        return name

    @model_validator(mode="after")
    def _check_levels(self) -> Self:
        if self.high_score < self.monitor_score:
            raise ValueError(f"`high_score` has to be at least `monitor_score`, which is {self.monitor_score}")
        return self


class SimBoxModelSettings(Section):
    """How the model of SIM boxes is trained, and when it tells of a number."""

    min_fraud: int = Field(30, ge=10, description="Fewest numbers labelled fraud that a model is trained on.")
    min_legitimate: int = Field(100, ge=10, description="Fewest numbers labelled legitimate.")
    min_boxes: int = Field(
        3, ge=2, description="Fewest groups of numbers that share no device, among the labels of either kind."
    )
    background_count: int = Field(
        5_000, ge=0, description="Numbers that nobody looked at, taken for legitimate in training."
    )
    folds: int = Field(
        5,
        ge=2,
        le=20,
        description="Parts that labels are split into, to calibrate and evaluate; fewer where there are fewer boxes.",
    )
    trees: int = Field(80, gt=0, le=1_000, description="Trees of the model.")
    leaves: int = Field(8, ge=2, le=64, description="Most leaves of a tree.")
    learning_rate: float = Field(0.15, gt=0, le=1, description="How much of its own correction each tree adds.")
    seed: int = Field(0, ge=0, description="Seed of splits and trees.")
    monitor_probability: float = Field(0.5, gt=0, lt=1, description="From this probability on, a number is told.")
    high_probability: float = Field(0.95, gt=0, lt=1, description="From this probability on, its risk is high.")

    @model_validator(mode="after")
    def _check_levels(self) -> Self:
        if self.high_probability < self.monitor_probability:
            raise ValueError(
                f"`high_probability` has to be at least `monitor_probability`, which is {self.monitor_probability}"
            )
        return self
