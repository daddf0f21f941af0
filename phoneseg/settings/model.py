"""What can be set, as frozen pydantic models."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from phoneseg.settings.activity import ActivitySource
from phoneseg.settings.hygiene import HygieneSettings
from phoneseg.settings.number_list import NumberListSource
from phoneseg.settings.people import PeopleSettings
from phoneseg.settings.permission import (
    ConsentSource,
    ContactPolicy,
    ObjectionSource,
    PermissionSource,
    SuppressionSource,
)
from phoneseg.settings.profile import ProfileSettings
from phoneseg.settings.report import ReportSettings
from phoneseg.settings.retention import RetentionSettings
from phoneseg.settings.risk import RiskSettings
from phoneseg.settings.section import Identifier, Section
from phoneseg.settings.segments import SegmentSettings

_IDENTIFYING = ("first_name", "last_name", "full_name", "email")
_LONGEST_SCHEMA = 63 - len("_restricted")  # PostgreSQL cuts names at 63


class WarehouseSettings(Section):
    """Where the tables are: any SQLAlchemy URL."""

    url: SecretStr = Field(description="SQLAlchemy URL; a DuckDB or SQLite path is relative to this file.")
    output_schema: Identifier = Field(
        "phoneseg",
        max_length=_LONGEST_SCHEMA,
        description="Schema of the published tables; `<schema>_restricted` holds the numbers in clear.",
    )
    lock_wait_s: float = Field(
        60, ge=0, description="Seconds to wait for a file, or an interval, that another process holds."
    )


class ExtractSettings(Section):
    """How much of the sources a run reads."""

    is_incremental: bool = Field(
        True, description="Read only what changed of sources with `updated_at`, where the database can tell."
    )
    overlap_minutes: float = Field(
        60, ge=0, description="How far before the newest `updated_at` that was read the next run starts."
    )


class OperationsSettings(Section):
    """Whom to tell when a run fails."""

    on_failure: str | None = Field(
        None,
        description="Function, as `package.module:name`, that is called with what failed.",
    )


class StageSettings(Section):
    """Where files go that live as long as a run."""

    folder: Path = Field(Path(".phoneseg/stage"), description="Parquet between the verbs; holds numbers in clear.")


class QualitySettings(Section):
    """Which suites check the tables, and where their results go."""

    data_docs_folder: Path = Field(Path(".phoneseg/data_docs"), description="Great Expectations' Data Docs.")
    suites_folder: Path | None = Field(None, description="Suites of your own instead of those that phoneseg ships.")


class PrivacySettings(Section):
    """The key that turns numbers into tokens: the variable `PHONESEG_TOKEN_KEY`, or a file."""

    token_key_file: Path | None = Field(None, description="File with the key, readable by its owner alone.")
    old_key_files: tuple[Path, ...] = Field(
        (), description="Files with former keys: they tell who was erased while they were in use."
    )
    retention: RetentionSettings = RetentionSettings()
    contact: ContactPolicy = ContactPolicy()
    report: ReportSettings = ReportSettings()


class ContactSource(Section):
    """One table or query of contacts, and what its columns mean."""

    section: ClassVar[str] = "contacts"
    table: str | None = Field(None, min_length=1, description="Table, with its schema where it has one.")
    query: str | None = Field(None, min_length=1, description="SELECT statement, instead of a table.")
    id: str = Field(description="Column with the source's key.")
    phones: tuple[str, ...] = Field(min_length=1, description="Columns with phone numbers, the preferred one first.")
    region_column: str | None = Field(None, description="Column with the contact's country, as code or name.")
    region: str | None = Field(None, description="One country for all rows, instead of a column.")
    created_at: str | None = Field(None, description="Column that says when the contact came to be.")
    updated_at: str | None = Field(None, description="Column that says when the row last changed.")
    birth_date: str | None = Field(None, description="Column with the date of birth.")
    gender: str | None = Field(None, description="Column with the gender.")
    income: str | None = Field(None, description="Column with the income, as a number.")
    city: str | None = Field(None, description="Column with the city of the postal address.")
    postal_code: str | None = Field(None, description="Column with its postal code.")
    first_name: str | None = Field(None, description="Column with the given name; it is compared, never published.")
    last_name: str | None = Field(None, description="Column with the family name; compared, never published.")
    full_name: str | None = Field(None, description="Column with the whole name, instead of the two.")
    email: str | None = Field(None, description="Column with the email address; compared, never published.")
    employer: str | None = Field(None, description="Column with the employer or firm; compared, never published.")
    attributes: tuple[str, ...] = Field((), description="Further columns for the profile.")
    allow_empty: bool = Field(False, description="Whether a source without a single row is fine.")
    max_shrink_pct: float = Field(
        50, ge=0, le=100, description="Percent of its contacts that a source may lose from one run to the next."
    )

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either `table` or `query`")
        if self.region is not None and self.region_column is not None:
            raise ValueError("give either `region` or `region_column`, not both")
        if len(set(self.phones)) < len(self.phones):
            raise ValueError("`phones` names a column twice")
        if len(set(self.attributes)) < len(self.attributes):
            raise ValueError("`attributes` names a column twice")
        if self.id in self.phones:
            raise ValueError("`id` may not be a phone column: every table shows the id")
        for key in ("birth_date", "gender", "income", "city", "postal_code", "employer", *_IDENTIFYING):
            if getattr(self, key) in self.phones:
                raise ValueError(f"`{key}` may not be a phone column")
        if self.full_name is not None and (self.first_name is not None or self.last_name is not None):
            raise ValueError("give either `full_name`, or `first_name` and `last_name`")
        if leaking := sorted(set(self.attributes) & set(self.phones)):
            raise ValueError(f"`attributes` may not hold a phone column: {', '.join(leaking)}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read, each once, the id first."""
        optional = (
            self.region_column,
            self.created_at,
            self.updated_at,
            self.birth_date,
            self.gender,
            self.income,
            self.city,
            self.postal_code,
        )
        named = (self.id, *self.phones, *(name for name in optional if name is not None), *self.attributes)
        return tuple(dict.fromkeys(named))

    @property
    def person_columns(self) -> tuple[str, ...]:
        """Columns that tell who a contact is, each once, the id first; none where neither name nor email is mapped."""
        identifying = [getattr(self, key) for key in _IDENTIFYING]
        if not any(identifying):
            return ()
        others = (self.created_at, self.region_column, self.birth_date, self.city, self.postal_code, self.employer)
        return tuple(dict.fromkeys(name for name in (self.id, *identifying, *others) if name is not None))


def _wrong_key(location: tuple[str, ...], message: str) -> InitErrorDetails:
    """Return an error that names its key, which a ValueError of a model's validator does not."""
    error = PydanticCustomError("wrong_key", "{message}", {"message": message})
    return InitErrorDetails(type=error, loc=location, input=None)


class Settings(BaseSettings):
    """All settings of phoneseg."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="PHONESEG_", env_nested_delimiter="__")
    config_file: Path = Field(exclude=True, description="The file that was read; no key of its own.")
    token_key: SecretStr | None = Field(None, description="Key of the tokens; set `PHONESEG_TOKEN_KEY`.")
    old_token_keys: tuple[SecretStr, ...] = Field((), description="Former keys; set `PHONESEG_OLD_TOKEN_KEYS`.")
    warehouse: WarehouseSettings
    contacts: dict[Identifier, ContactSource] = Field(min_length=1, description="Contact sources by name.")
    activity: dict[Identifier, ActivitySource] = Field({}, description="Activity sources by name.")
    consent: dict[Identifier, ConsentSource] = Field({}, description="Sources of consent by name.")
    objection: dict[Identifier, ObjectionSource] = Field({}, description="Sources of objections by name.")
    suppression: dict[Identifier, SuppressionSource] = Field({}, description="Lists of who is not contacted, by name.")
    number_list: dict[Identifier, NumberListSource] = Field(
        {}, description="Lists of numbers that are not in use, or have another holder, by name."
    )
    extract: ExtractSettings = ExtractSettings()
    hygiene: HygieneSettings = HygieneSettings()
    people: PeopleSettings = PeopleSettings()
    profile: ProfileSettings = ProfileSettings()
    segments: SegmentSettings = SegmentSettings()
    risk: RiskSettings = RiskSettings()
    stage: StageSettings = StageSettings()
    quality: QualitySettings = QualitySettings()
    privacy: PrivacySettings = PrivacySettings()
    operations: OperationsSettings = OperationsSettings()

    @model_validator(mode="after")
    def _check_activity(self) -> Self:
        wrong = list(self._wrong_permissions())
        rates = {*self.profile.exchange_rates, self.profile.currency}
        for name, source in self.activity.items():
            if source.contacts is not None and source.contacts not in self.contacts:
                known = ", ".join(self.contacts)
                message = f"no contact source `{source.contacts}`; there is: {known}"
                wrong.append(_wrong_key(("activity", name, "contacts"), message))
            elif source.contacts is not None and source.sent_to not in (None, *self.contacts[source.contacts].phones):
                known = ", ".join(self.contacts[source.contacts].phones)
                message = f"contacts.{source.contacts} has no phone column `{source.sent_to}`; there is: {known}"
                wrong.append(_wrong_key(("activity", name, "sent_to"), message))
            if self.profile.currency is not None and source.currency is not None and source.currency not in rates:
                message = f"`profile.exchange_rates` does not say what {source.currency} is worth"
                wrong.append(_wrong_key(("activity", name, "currency"), message))
        if wrong:
            raise ValidationError.from_exception_data("Settings", wrong)
        return self

    def _wrong_permissions(self) -> Iterator[InitErrorDetails]:
        known = ", ".join(self.contacts)
        for name, source in self.permission_sources:
            if source.contacts is not None and source.contacts not in self.contacts:
                message = f"no contact source `{source.contacts}`; there is: {known}"
                yield _wrong_key((source.section, name, "contacts"), message)

    @property
    def permission_sources(self) -> tuple[tuple[str, PermissionSource], ...]:
        """Sources of consent, of objections and suppression lists, with their names."""
        return (*self.consent.items(), *self.objection.items(), *self.suppression.items())

    def activity_of(self, pipeline: str) -> dict[str, ActivitySource]:
        """Return the activity sources that a pipeline reads, by name."""
        return {name: source for name, source in self.activity.items() if pipeline in source.pipelines}

    @model_validator(mode="after")
    def _check_windows(self) -> Self:
        windows, engagement = self.profile.windows_days, self.segments.engagement
        if engagement.window_days not in windows:
            known = ", ".join(map(str, windows))
            raise ValueError(f"segments.engagement.window_days: it is one of profile.windows_days, which are: {known}")
        return self

    @model_validator(mode="after")
    def _check_attributes(self) -> Self:
        known = {name for source in self.contacts.values() for name in source.attributes}
        if unknown := [name for name in self.segments.attributes if name not in known]:
            raise ValueError(f"segments.attributes: no contact source has `{unknown[0]}` among its `attributes`")
        return self

    @model_validator(mode="after")
    def _check_issues(self) -> Self:
        sources = self.contacts.values()
        known = {
            "mobile_columns": list(dict.fromkeys(name for source in sources for name in source.phones)),
            "language_attributes": list(dict.fromkeys(name for source in sources for name in source.attributes)),
        }
        wrong = []
        for key in self.hygiene.issues.model_fields_set & known.keys():  # those that are shipped need not be there
            if unknown := [name for name in getattr(self.hygiene.issues, key) if name not in known[key]]:
                message = f"no contact source has `{unknown[0]}`; there is: {', '.join(known[key]) or 'none'}"
                wrong.append(_wrong_key(("hygiene", "issues", key), message))
        if wrong:
            raise ValidationError.from_exception_data("Settings", wrong)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: environment over file."""
        return env_settings, init_settings

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.config_file.parent

    def resolve(self, path: Path) -> Path:
        """Return `path` as the settings file means it."""
        return self.folder / path.expanduser()
