"""What every section of the settings is made of."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _plain_identifier(name: str) -> str:
    if not name.isidentifier() or name != name.lower():
        raise ValueError(f"{name!r} should be lower-case letters, digits and underscores, not starting with a digit")
    return name


Identifier = Annotated[str, AfterValidator(_plain_identifier)]


class Section(BaseModel):
    """A frozen section that takes no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")
