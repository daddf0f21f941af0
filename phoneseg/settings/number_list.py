"""Lists of numbers that are no longer in use, that have another holder, or that are known to be in use."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from phoneseg.settings.keyed_source import KeyedSource
from phoneseg.settings.permission import Word, check_words

ListStatus = Literal["disconnected", "reassigned", "active"]


class NumberListSource(KeyedSource):
    """One table or query of numbers, and what became of each and when."""

    section: ClassVar[str] = "number_list"
    one_of: ClassVar = (*KeyedSource.one_of, ("status", "status_column"))
    status: ListStatus | None = Field(None, description="What became of all numbers of the list.")
    status_column: str | None = Field(None, description="Column with what became of each, instead of one for all.")
    disconnected: tuple[Word, ...] = Field(
        ("disconnected", "permanently disconnected", "inactive", "not in service", "deactivated", "off"),
        min_length=1,
        description="What it says of a number that was disconnected for good, in small letters.",
    )
    reassigned: tuple[Word, ...] = Field(
        ("reassigned", "recycled", "changed owner", "new owner"),
        min_length=1,
        description="What it says of a number that was given to somebody else.",
    )
    active: tuple[Word, ...] = Field(
        ("active", "in service", "connected", "on"), min_length=1, description="What it says of a number in use."
    )
    at: str = Field(description="Column that says when; rows without a date, or of as_of and later, do not count.")

    @model_validator(mode="after")
    def _check_list(self) -> Self:
        if self.phone is None:
            raise ValueError("give `phone`: a list is of numbers, not of contacts")
        if self.status is None and self.status_column is None:
            raise ValueError("give either `status` or `status_column`")
        check_words(self.disconnected, self.reassigned, "`disconnected` and `reassigned`")
        check_words((*self.disconnected, *self.reassigned), self.active, "`active` and the words of other statuses")
        return self

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        return (self.status_column, self.at)
