"""Who may be contacted and profiled: sources of consent, objections and lists of numbers not to contact."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from phoneseg.settings.keyed_source import KeyedSource
from phoneseg.settings.section import Section


def _plain_word(word: str) -> str:
    if not word or word != word.strip().lower() or set(word) & {",", ":", "*"}:
        raise ValueError(f"{word!r} should be in small letters, without comma, colon or star")
    return word


Word = Annotated[str, AfterValidator(_plain_word)]
Default = Literal["opt_in", "opt_out"]


class ContactPolicy(Section):
    """Whom a channel may reach about whom no source says anything."""

    default: Default = Field(
        "opt_in", description="`opt_in`: only who gave consent. `opt_out`: everybody who did not say no."
    )
    channels: dict[Word, Default] = Field({}, description="Channels where another rule holds than the default.")
    numberless_channels: tuple[Word, ...] = Field(
        ("email", "post", "push"), description="Channels that reach a contact without a valid phone number, too."
    )


class PermissionSource(KeyedSource):
    """One table or query of what contacts permit."""

    one_of: ClassVar = (*KeyedSource.one_of, ("channel", "channel_column"), ("purpose", "purpose_column"))

    @model_validator(mode="after")
    def _check_region(self) -> Self:
        if self.phone is None and (self.region is not None or self.region_column is not None):
            raise ValueError("`region` and `region_column` are of no use without `phone`")
        return self


def check_words(yes: tuple[str, ...], no: tuple[str, ...], names: str) -> None:
    """Check that no word means two things.

    Raises:
        ValueError: One does.
    """
    if both := sorted(set(yes) & set(no)):
        raise ValueError(f"{names} share `{both[0]}`")


class ConsentSource(PermissionSource):
    """One table or query of who gave consent, or took it back, and when."""

    section: ClassVar[str] = "consent"
    channel: Word | None = Field(None, description="One channel for all rows, such as sms; without one, all channels.")
    channel_column: str | None = Field(None, description="Column with the channel, instead of one for all rows.")
    purpose: Word | None = Field(None, description="One purpose, such as marketing; without one, all purposes.")
    purpose_column: str | None = Field(None, description="Column with the purpose, instead of one for all rows.")
    status_column: str = Field(description="Column that says whether consent was given or withdrawn.")
    granted: tuple[Word, ...] = Field(
        ("granted", "given", "yes", "y", "true", "t", "1", "opt_in", "opt-in", "optin", "in", "subscribed"),
        min_length=1,
        description="What it says of consent that was given, in small letters.",
    )
    withdrawn: tuple[Word, ...] = Field(
        (
            *("withdrawn", "revoked", "denied", "refused", "no", "n", "false", "f", "0"),
            *("opt_out", "opt-out", "optout", "out", "unsubscribed", "stop"),
        ),
        min_length=1,
        description="What it says of consent that was withdrawn or refused.",
    )
    at: str = Field(description="Column that says when.")

    @model_validator(mode="after")
    def _check_statuses(self) -> Self:
        check_words(self.granted, self.withdrawn, "`granted` and `withdrawn`")
        return self

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        return (self.channel_column, self.purpose_column, self.status_column, self.at)


class ObjectionSource(PermissionSource):
    """One table or query of who objects to profiling."""

    section: ClassVar[str] = "objection"
    at: str | None = Field(None, description="Column that says when; without one, they always did.")
    status_column: str | None = Field(None, description="Column that says whether it stands; without one it does.")
    stands: tuple[Word, ...] = Field(
        ("objects", "objected", "active", "yes", "y", "true", "t", "1"),
        min_length=1,
        description="What it says of an objection that stands, in small letters.",
    )
    lifted: tuple[Word, ...] = Field(
        ("withdrawn", "lifted", "inactive", "no", "n", "false", "f", "0"),
        min_length=1,
        description="What it says of an objection that was taken back.",
    )

    @model_validator(mode="after")
    def _check_statuses(self) -> Self:
        check_words(self.stands, self.lifted, "`stands` and `lifted`")
        return self

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        return (self.at, self.status_column)


class SuppressionSource(PermissionSource):
    """One list of numbers or contacts that must not be contacted, whatever else holds."""

    section: ClassVar[str] = "suppression"
    channel: Word | None = Field(None, description="One channel for all rows, such as call; without one, all channels.")
    channel_column: str | None = Field(None, description="Column with the channel, instead of one for all rows.")
    valid_from: str | None = Field(None, description="Column that says from when; empty from the beginning.")
    valid_until: str | None = Field(None, description="Column that says until when; empty for good.")

    @property
    def _own_columns(self) -> tuple[str | None, ...]:
        return (self.channel_column, self.valid_from, self.valid_until)
