"""Activity sources: calls, messages, purchases and visits."""

from typing import ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from phoneseg.settings.keyed_source import KeyedSource
from phoneseg.settings.section import Currency

_NEEDED: Final = (
    ("region", "phone"),
    ("region_column", "phone"),
    ("currency", "amount"),
    ("currency_column", "amount"),
)


class ActivitySource(KeyedSource):
    """One table or query of what contacts do, and what its columns mean."""

    section: ClassVar[str] = "activity"
    one_of: ClassVar = (*KeyedSource.one_of, ("is_inbound", "direction"), ("currency", "currency_column"))
    kind: Literal["call", "message", "purchase", "visit"] = Field(description="What a row is.")
    occurred_at: str = Field(description="Column that says when it happened.")
    direction: str | None = Field(None, description="Column with `inbound` (from the contact) or `outbound`.")
    is_inbound: bool | None = Field(None, description="One direction for all rows, instead of a column.")
    channel: str | None = Field(None, description="Column with the channel, such as sms.")
    counterparty: str | None = Field(None, description="Column that says who was at the other end.")
    duration_s: str | None = Field(None, description="Column with the seconds that it took.")
    is_answered: str | None = Field(None, description="Column that says whether a call was picked up.")
    amount: str | None = Field(None, description="Column with the money spent.")
    currency_column: str | None = Field(None, description="Column with the currency of the amount, ISO 4217.")
    currency: Currency | None = Field(None, description="One currency for all amounts, instead of a column.")
    campaign: str | None = Field(None, description="Column with the campaign.")

    @model_validator(mode="after")
    def _check_needs(self) -> Self:
        for key, needed in _NEEDED:
            if getattr(self, key) is not None and getattr(self, needed) is None:
                raise ValueError(f"`{key}` is of no use without `{needed}`")
        return self

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        return (
            self.occurred_at,
            self.direction,
            self.channel,
            self.counterparty,
            self.duration_s,
            self.is_answered,
            self.amount,
            self.currency_column,
            self.campaign,
        )
