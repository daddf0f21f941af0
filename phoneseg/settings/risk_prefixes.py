"""When a prefix is at risk: money that follows a call to it, messages that lead to nothing, and one-ring calls."""

from typing import Self

from pydantic import Field, model_validator

from phoneseg.settings.permission import Word
from phoneseg.settings.section import Section


class PremiumRangeSettings(Section):
    """Which numbers are dear to call."""

    number_types: tuple[str, ...] = Field(
        ("PREMIUM_RATE", "SHARED_COST", "UAN"),
        description="Types of number that cost the caller more than a line does, or that nobody can place.",
    )
    satellite_words: tuple[Word, ...] = Field(
        ("satellite", "globalstar", "iridium", "inmarsat", "thuraya"),
        description="Words of carriers' names, in small letters, that tell a satellite network.",
    )


class ConversionSettings(Section):
    """When a prefix's messages, or calls, lead to too little: the sign of artificially inflated traffic."""

    conversion_h: float = Field(
        24, gt=0, description="A purchase or a sign from the number within so many hours of a message converts it."
    )
    completion_window_h: float = Field(
        24, gt=0, description="A number that was called in vain and answers within so many hours was reached."
    )
    min_numbers: int = Field(30, ge=1, description="Prefixes with fewer numbers that were contacted are not judged.")
    min_compared_numbers: int = Field(
        100, ge=1, description="A campaign of a country counts where so many numbers of other prefixes had it, too."
    )
    default_overdispersion: float = Field(
        0.005, gt=0, lt=1, description="Intraclass correlation within a prefix that is assumed at least."
    )
    max_false_discovery_rate: float = Field(0.01, gt=0, lt=1, description="Share of false alarms that is accepted.")
    max_rate_ratio: float = Field(
        0.5, gt=0, lt=1, description="A prefix is flagged if its rate is at most this share of what was expected ..."
    )
    high_rate_ratio: float = Field(0.2, gt=0, lt=1, description="... and the risk is high at most at this share.")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.high_rate_ratio > self.max_rate_ratio:
            raise ValueError(f"`high_rate_ratio` has to be at most `max_rate_ratio`, which is {self.max_rate_ratio}")
        return self


class OneRingSettings(Section):
    """When a number, or a prefix, calls only to be called back."""

    short_ring_s: int = Field(5, ge=0, description="A call of at most so many seconds that nobody answers is short.")
    min_callees: int = Field(20, ge=2, description="Fewer callees are no campaign.")
    min_callers_of_prefix: int = Field(2, ge=1, description="A prefix is flagged if so many of its numbers call.")
    max_answered_pct: float = Field(5, ge=0, le=100, description="Of its calls, at most so many percent are answered.")
    min_short_pct: float = Field(
        70,
        ge=0,
        le=100,
        description="Rings are short if so many percent of the unanswered whose ring was timed are; others have to be "
        "called back, or dear to call back, to be told.",
    )
    max_calls_per_callee: float = Field(2, ge=1, description="More calls to each callee look for an answer.")
    callback_h: float = Field(24, gt=0, description="A call to the number within so many hours is a callback.")
    min_callbacks: int = Field(3, ge=1, description="A number is called back if so many of its callees do ...")
    min_callback_pct: float = Field(2, ge=0, le=100, description="... and if they are so many percent of them.")
    max_false_discovery_rate: float = Field(0.01, gt=0, lt=1, description="Share of false alarms that is accepted.")


class PrefixRiskSettings(Section):
    """High-risk prefixes."""

    premium: PremiumRangeSettings = PremiumRangeSettings()
    conversion: ConversionSettings = ConversionSettings()
    one_ring: OneRingSettings = OneRingSettings()
