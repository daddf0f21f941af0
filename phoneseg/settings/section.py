"""What every section of the settings is made of."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _plain_identifier(name: str) -> str:
    if not name.isidentifier() or name != name.lower():
        raise ValueError(f"{name!r} should be lower-case letters, digits and underscores, not starting with a digit")
    return name


def _currency_code(code: str) -> str:
    if len(code) != 3 or not code.isascii() or not code.isalpha() or code != code.upper():
        raise ValueError("a currency is its code of ISO 4217, three capital letters such as EUR")
    return code


Identifier = Annotated[str, AfterValidator(_plain_identifier)]
Currency = Annotated[str, AfterValidator(_currency_code)]


class Section(BaseModel):
    """A frozen section that takes no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
