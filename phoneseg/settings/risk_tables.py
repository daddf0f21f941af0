"""Tables and queries of the warehouse that tell detectors what is known already."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from phoneseg.settings.section import Section


class RiskTable(Section):
    """One table or query whose columns have fixed names; a query can name them anew."""

    section: ClassVar[str] = "risk"
    needed: ClassVar[tuple[str, ...]]
    """Columns that it has to have."""
    optional: ClassVar[tuple[str, ...]] = ()
    """Columns that it may have."""
    table: str | None = Field(None, min_length=1, description="Table, with its schema where it has one.")
    query: str | None = Field(None, min_length=1, description="SELECT statement, instead of a table.")

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either `table` or `query`")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it has to have."""
        return self.needed


class CalendarTable(RiskTable):
    """Known causes of activity, such as own campaigns: `starts_at`, `ends_at`, `cause`, and whom they are about."""

    needed = ("starts_at", "ends_at", "cause")
    optional = ("prefix_level", "prefix", "activity_kind", "campaign", "region")


class PrefixListTable(RiskTable):
    """Prefixes or countries that are allowed, watched or blocked: `list_level`, `source`, `valid_from`, and which."""

    needed = ("list_level", "source", "valid_from")
    optional = ("prefix", "region_code", "valid_to", "reason")


class RateTable(RiskTable):
    """What a minute costs to terminate: `origin_country`, `destination_country`, `rate_per_min`, `currency`."""

    needed = ("origin_country", "destination_country", "rate_per_min", "currency")
