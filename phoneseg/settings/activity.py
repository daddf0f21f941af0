"""Activity sources: calls, messages, purchases and visits."""

from typing import ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from phoneseg.settings.keyed_source import KeyedSource
from phoneseg.settings.permission import Word, check_words
from phoneseg.settings.section import Currency

_NEEDED: Final = (
    ("region", "phone"),
    ("region_column", "phone"),
    ("currency", "amount"),
    ("currency_column", "amount"),
    ("sent_to", "contact_id"),
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
    delivery_status: str | None = Field(None, description="Column that says whether a message was delivered.")
    failure_reason: str | None = Field(None, description="Column that says why it was not.")
    delivered: tuple[Word, ...] = Field(
        ("delivered", "read", "seen", "opened", "clicked", "delivrd"),
        min_length=1,
        description="What `delivery_status` says of a message that arrived, in small letters.",
    )
    failed: tuple[Word, ...] = Field(
        (
            *("failed", "undelivered", "undeliverable", "not delivered", "delivery failed", "bounced", "expired"),
            *("rejected", "undeliv", "rejectd"),
        ),
        min_length=1,
        description="What it says of one that did not.",
    )
    permanent_failures: tuple[Word, ...] = Field(
        (
            *("unknown subscriber", "ec unknown subscriber", "unidentified subscriber", "illegal subscriber"),
            *(
                "not in service",
                "number not in service",
                "disconnected",
                "unassigned",
                "unallocated",
                "unallocated number",
            ),
            *("unassigned number", "number changed", "invalid destination", "unknown destination handset", "30005"),
        ),
        min_length=1,
        description="What either column says where the number is not in use; any other failure may pass.",
    )
    cell: str | None = Field(None, description="Column with the radio cell that the number was in.")
    device: str | None = Field(None, description="Column with the device (such as its IMEI) that it was used in.")
    pipelines: tuple[Literal["segment_contacts", "monitor_activity"], ...] = Field(
        ("segment_contacts", "monitor_activity"),
        min_length=1,
        description="Pipelines that read it; call records of a whole network are for `monitor_activity` alone.",
    )
    sent_to: str | None = Field(
        None, description="Phone column of the contacts that rows by id go to; without one, their primary phone."
    )

    @model_validator(mode="after")
    def _check_needs(self) -> Self:
        for key, needed in _NEEDED:
            if getattr(self, key) is not None and getattr(self, needed) is None:
                raise ValueError(f"`{key}` is of no use without `{needed}`")
        check_words(self.delivered, (*self.failed, *self.permanent_failures), "`delivered` and words of failures")
        return self

    @property
    def monitored_columns(self) -> tuple[str, ...]:
        """Columns that `monitor_activity` reads, each once."""
        more = (name for name in (self.cell, self.device) if name is not None)
        return tuple(dict.fromkeys((*self._named, *more)))

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
            self.delivery_status,
            self.failure_reason,
        )
