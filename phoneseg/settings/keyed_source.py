"""What all sources have in common whose rows are of a contact: by its id, or by a number that it holds."""

from typing import ClassVar, Final, Self
from zoneinfo import available_timezones

from pydantic import Field, model_validator

from phoneseg.settings.section import Identifier, Section

_NO_PLACES: Final = {"Factory", "localtime"}  # in the tz database, and no zone of any place


class KeyedSource(Section):
    """One table or query that names contacts by id or by number."""

    section: ClassVar[str]
    one_of: ClassVar[tuple[tuple[str, str], ...]] = (("region", "region_column"),)
    """Keys of which a source gives one at most."""

    table: str | None = Field(None, min_length=1, description="Table, with its schema where it has one.")
    query: str | None = Field(None, min_length=1, description="SELECT statement, instead of a table.")
    contact_id: str | None = Field(None, description="Column with the id of a contact.")
    contacts: Identifier | None = Field(None, description="Contact source that those ids are of.")
    phone: str | None = Field(None, description="Column with a phone number, instead of an id.")
    region_column: str | None = Field(None, description="Column with the country to read the number in.")
    region: str | None = Field(None, description="One country for all numbers, instead of a column.")
    time_zone: str = Field("UTC", description="IANA zone of its times, where they have none of their own.")

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either `table` or `query`")
        if (self.contact_id is None) == (self.phone is None):
            raise ValueError("give either `contact_id` or `phone`")
        if (self.contact_id is None) != (self.contacts is None):
            raise ValueError("`contacts` says which contact source the ids in `contact_id` are of; give both")
        for one, other in self.one_of:
            if getattr(self, one, None) is not None and getattr(self, other, None) is not None:
                raise ValueError(f"give either `{one}` or `{other}`, not both")
        if self.phone is not None and self._named.count(self.phone) > 1:
            raise ValueError("no other key may name the `phone` column: nobody sees numbers but phoneseg")
        if self.time_zone not in available_timezones() - _NO_PLACES:
            raise ValueError(f"no time zone is called {self.time_zone!r}; give one such as Europe/Berlin")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read, each once."""
        return tuple(dict.fromkeys(self._named))

    @property
    def _named(self) -> tuple[str, ...]:
        names = (self.contact_id, self.phone, self.region_column, *self._own_columns)
        return tuple(name for name in names if name is not None)

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        """The columns that only this type of source has."""
        return ()
