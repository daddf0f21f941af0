"""How long what is about one day, or one event, is kept."""

from pydantic import Field

from phoneseg.settings.section import Section


class RetentionSettings(Section):
    """Days after which rows of past days go; without a number they stay."""

    personal_days: int | None = Field(
        None, ge=1, description="Dated tables and the history that say something of contacts or segments."
    )
    public_days: int | None = Field(
        None, ge=1, description="Dated tables and the log of runs, which say nothing of a contact."
    )
    receipt_days: int | None = Field(None, ge=1, description="Receipts of erasures.")
    data_docs_days: int | None = Field(None, ge=1, description="Data Docs of past intervals.")
