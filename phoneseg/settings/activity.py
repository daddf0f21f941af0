"""Activity sources: calls, messages, purchases and visits."""

from typing import ClassVar, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, model_validator

from phoneseg.settings.permission import NO_PLACES
from phoneseg.settings.section import Currency, Identifier, Section

_ONE_OF: Final = (("region", "region_column"), ("is_inbound", "direction"), ("currency", "currency_column"))
_NEEDED: Final = (
    ("region", "phone"),
    ("region_column", "phone"),
    ("currency", "amount"),
    ("currency_column", "amount"),
)


class ActivitySource(Section):
    """One table or query of what contacts do, and what its columns mean."""

    section: ClassVar[str] = "activity"
    kind: Literal["call", "message", "purchase", "visit"] = Field(description="What a row is.")
    table: str | None = Field(None, min_length=1, description="Table, with its schema where it has one.")
    query: str | None = Field(None, min_length=1, description="SELECT statement, instead of a table.")
    occurred_at: str = Field(description="Column that says when it happened.")
    time_zone: str = Field("UTC", description="IANA zone of its times, where they have none of their own.")
    contact_id: str | None = Field(None, description="Column with the id of a contact.")
    contacts: Identifier | None = Field(None, description="Contact source that those ids are of.")
    phone: str | None = Field(None, description="Column with a phone number, instead of an id.")
    region_column: str | None = Field(None, description="Column with the country to read the number in.")
    region: str | None = Field(None, description="One country for all numbers, instead of a column.")
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
    def _check_shape(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either `table` or `query`")
        if (self.contact_id is None) == (self.phone is None):
            raise ValueError("give either `contact_id` or `phone`")
        if (self.contact_id is None) != (self.contacts is None):
            raise ValueError("`contacts` says which contact source the ids in `contact_id` are of; give both")
        for one, other in _ONE_OF:
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise ValueError(f"give either `{one}` or `{other}`, not both")
        for key, needed in _NEEDED:
            if getattr(self, key) is not None and getattr(self, needed) is None:
                raise ValueError(f"`{key}` is of no use without `{needed}`")
        if self.phone is not None and self._named.count(self.phone) > 1:
            raise ValueError("no other key may name the `phone` column: nobody sees numbers but phoneseg")
        if self.time_zone not in available_timezones() - NO_PLACES:
            raise ValueError(f"no time zone is called {self.time_zone!r}; give one such as Europe/Berlin")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read, each once."""
        return tuple(dict.fromkeys(self._named))

    @property
    def _named(self) -> tuple[str, ...]:
        columns = (
            self.contact_id,
            self.phone,
            self.occurred_at,
            self.region_column,
            self.direction,
            self.channel,
            self.counterparty,
            self.duration_s,
            self.is_answered,
            self.amount,
            self.currency_column,
            self.campaign,
        )
        return tuple(name for name in columns if name is not None)
