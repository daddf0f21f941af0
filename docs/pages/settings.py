"""docs/settings.md: every section and key of phoneseg.toml, out of the pydantic models."""

from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from docs.pages.markdown import bullets, code, code_block, page, table
from phoneseg.settings import CONFIG_VARIABLE, DEFAULT_CONFIG, Settings
from phoneseg.settings.profile import ExchangeRate
from phoneseg.settings.section import Currency, Identifier

EXAMPLE: Final = Path(__file__).with_name("example.toml")
_NOT_IN_THE_FILE: Final = ("config_file", "token_key")
_RULES_IN_WORDS: Final = {
    get_args(Identifier)[1]: "lower-case letters, digits and underscores",
    get_args(Currency)[1]: "three capital letters",
    get_args(ExchangeRate)[1]: "at most 12 digits",
}
_WORDS: Final[dict[object, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    Path: "path",
    SecretStr: "text, never shown",
}
# What the validators of the models hold the keys to, by section.
_RULES: Final = {
    "contacts": (
        "A contact is one row of a source, known as `<name>:<id>`. At least one source has to be there.",
        "`<name>` is lower-case letters, digits and underscores, and does not start with a digit.",
        "Give either `table` or `query`.",
        "Give `region` or `region_column`, not both. Without either, only numbers with a plus can be read.",
        "`phones` names no column twice, and `attributes` names no phone column.",
        "Without `created_at`, every row exists at any `as_of`.",
    ),
    "activity": (
        "A row is one event. Every run reads all rows before its `as_of`, whenever they came or changed.",
        "Give either `table` or `query`.",
        "Give either `phone`, or `contact_id` and the source in `contacts` whose ids those are. A number counts for "
        "each contact that has it, and no other key may name its column.",
        "A direction is `inbound`, `in` or `incoming`, or `outbound`, `out` or `outgoing`, in any case; nobody knows "
        "the direction of other rows. `is_answered` is true, yes, y, t or 1, or false, no, n, f or 0.",
        "Times are dates, times, or ISO 8601 texts. Of the hour that a clock shows twice, the first is meant; in the "
        "hour that it skips, it is read as if nobody had changed it.",
        "Amounts count to the eighth decimal. Without `currency` and `currency_column` they are in `profile.currency`.",
    ),
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
        "written as JSON there: `PHONESEG_CONTACTS__CRM__PHONES='[\"mobile\"]'`.",
        "A key that phoneseg does not know is an error, in the file and in the environment.",
    )
    return f"phoneseg reads one TOML file, and then the environment.\n\n{bullets(rules)}"


def _describe_section(name: str, field: FieldInfo) -> str:
    """Return a section with all its keys; one that stands once per name of the user's choice has a placeholder."""
    annotation: Any = field.annotation
    is_named = get_origin(annotation) is dict
    model: type[BaseModel] = get_args(annotation)[1] if is_named else annotation
    path = (name, "<name>") if is_named else (name,)
    rows = [_describe_key(key, each, path) for key, each in model.model_fields.items()]
    parts = (
        f"## {name}",
        f"Section `[{'.'.join(path)}]`: {str(model.__doc__)[0].lower()}{str(model.__doc__)[1:]}",
        bullets(_RULES.get(name, ())),
        table(("key", "type", "default", "meaning", "environment variable"), rows),
    )
    return "\n\n".join(part for part in parts if part)


def _describe_key(key: str, field: FieldInfo, path: tuple[str, ...]) -> tuple[str, ...]:
    variable = f"PHONESEG_{'__'.join((*path, key))}".upper()
    return code(key), _type(field), _default(field), str(field.description), code(variable)


def _type(field: FieldInfo) -> str:
    """Return the type of a key in words, with the limits of its values."""
    annotation: Any = field.annotation
    choices = [kind for kind in get_args(annotation) if kind is not NoneType]
    if NoneType in get_args(annotation):
        (annotation,) = choices
    is_list = get_origin(annotation) is tuple
    rules = [*field.metadata, *(each for kind in choices for each in getattr(kind, "__metadata__", ()))]
    return ", ".join((_words(annotation), *(_limit(rule, is_list=is_list) for rule in rules)))


def _words(annotation: Any) -> str:  # noqa: ANN401  # an annotation may be anything
    """Return a type in words."""
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        return f"list of {_plural(arguments[0])}"
    if get_origin(annotation) is dict:
        return f"table of {_plural(arguments[1])} by {_words(arguments[0])}"
    if get_origin(annotation) is Literal:
        return " or ".join(code(f'"{choice}"') for choice in arguments)
    if hasattr(annotation, "__metadata__"):
        return _words(annotation.__origin__)
    return _WORDS[annotation]


def _plural(annotation: Any) -> str:  # noqa: ANN401  # an annotation may be anything
    words = _words(annotation)
    return f"{words}s" if words.endswith("number") else words


def _limit(rule: object, *, is_list: bool) -> str:
    if rule in _RULES_IN_WORDS:
        return _RULES_IN_WORDS[rule]
    if isinstance(rule, Gt):
        return f"more than {rule.gt}"
    if isinstance(rule, Ge):
        return f"{rule.ge} or more"
    if isinstance(rule, Le):
        return f"{rule.le} or less"
    if isinstance(rule, MinLen) and rule.min_length == 1:
        return "at least one" if is_list else "not empty"
    if isinstance(rule, MaxLen):
        return f"at most {rule.max_length} characters"
    raise NotImplementedError(f"docs/pages/settings.py has no words for {rule!r}")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default in (None, ()):
        return "none"
    if isinstance(field.default, bool):
        return code(str(field.default).lower())
    if isinstance(field.default, tuple):
        return code(list(field.default))
    return code(f'"{field.default}"' if isinstance(field.default, str | Path) else field.default)


def _token_key() -> str:
    return (
        "## The token key\n\nThe key behind `phone_token` stands in the variable `PHONESEG_TOKEN_KEY`, or in the file "
        "that [`privacy.token_key_file`](#privacy) names. The variable goes first. The key itself has no place in "
        f"`{DEFAULT_CONFIG}`. Make it with `openssl rand -hex 32`, and keep it. With another key all tokens change, "
        "and they no longer join with the tokens that somebody has kept."
    )
