"""docs/settings.md: every section and key of phoneseg.toml, out of the pydantic models."""

import re
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_origin

from annotated_types import Ge, MinLen
from pydantic import AfterValidator, BaseModel, SecretStr
from pydantic.fields import FieldInfo

from docs.pages.markdown import bullets, code, code_block, page, table
from phoneseg.settings import CONFIG_VARIABLE, DEFAULT_CONFIG, Settings

EXAMPLE: Final = Path(__file__).with_name("example.toml")
_NOT_IN_THE_FILE: Final = ("config_file", "token_key")
_WORDS: Final[dict[object, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    Path: "path",
    SecretStr: "text, never shown",
}


def render() -> str:
    """Return the page."""
    return page(
        "The settings",
        "phoneseg/settings/model.py",
        _where(),
        *(_describe_section(name, field) for name, field in _sections().items()),
        _token_key(),
        "## Example\n\nA complete file for a warehouse without a server:",
        code_block("toml", EXAMPLE.read_text(encoding="utf-8")),
    )


def _sections() -> dict[str, FieldInfo]:
    return {name: field for name, field in Settings.model_fields.items() if name not in _NOT_IN_THE_FILE}


def _where() -> str:
    rules = (
        f"The file is the one that `--config` names, else the one that `{CONFIG_VARIABLE}` names, else "
        f"`{DEFAULT_CONFIG}` in the folder where phoneseg starts. Airflow has no `--config`: set `{CONFIG_VARIABLE}`.",
        "Relative paths start from the folder of the file.",
        "An environment variable overrides the file: `PHONESEG_<SECTION>__<KEY>`, with two underscores. A list is "
        'written as JSON there, such as `PHONESEG_CONTACTS__CRM__PHONES=\'["mobile"]\'`.',
        "A key that phoneseg does not know is an error, in the file and in the environment.",
    )
    return f"phoneseg reads one TOML file and then the environment.\n\n{bullets(rules)}"


def _describe_section(name: str, field: FieldInfo) -> str:
    """Return a section with all its keys; one that is repeated under names of the user's has a placeholder."""
    is_repeated = get_origin(field.annotation) is dict
    model = get_args(field.annotation)[1] if is_repeated else field.annotation
    variable = f"PHONESEG_{name}__<NAME>__" if is_repeated else f"PHONESEG_{name}__"
    rows = [_describe_key(key, each, variable.upper()) for key, each in model.model_fields.items()]
    return "\n\n".join(
        part
        for part in (
            f"## {name}",
            f"`[{name}.<name>]`: {_repeated()}" if is_repeated else f"`[{name}]`",
            _sentence(str(model.__doc__)),
            table(("key", "type", "default", "meaning", "environment variable"), rows),
            bullets(_rules(model)),
        )
        if part
    )
