"""docs/settings.md: every section and key of phoneseg.toml, out of the pydantic models."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from docs.pages.markdown import bullets, code, code_block, page, table
from phoneseg.settings import CONFIG_VARIABLE, DEFAULT_CONFIG, Settings
from phoneseg.settings.kinds import RISING, ScoreRange
from phoneseg.settings.permission import Word
from phoneseg.settings.profile import ExchangeRate
from phoneseg.settings.seasons import MonthDay, Region
from phoneseg.settings.section import Currency, Identifier

EXAMPLE: Final = Path(__file__).with_name("example.toml")
_NOT_IN_THE_FILE: Final = ("config_file", "token_key", "old_token_keys")
_RULES_IN_WORDS: Final = {
    get_args(Identifier)[1]: "lower-case letters, digits and underscores",
    get_args(Currency)[1]: "three capital letters",
    get_args(ExchangeRate)[1]: "at most 12 digits",
    get_args(Word)[1]: "in small letters, without comma, colon or star",
    get_args(Region)[1]: "two capital letters",
    get_args(MonthDay)[1]: "a month and a day, such as 12-24",
    get_args(ScoreRange)[1]: "the lowest and the highest, from 1 to 5",
    RISING: "rising, above 0",
}
_WORDS: Final[dict[object, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    date: "date",
    Path: "path",
    SecretStr: "text, never shown",
}
_BY_ID_OR_NUMBER: Final = (
    "Give either `phone`, or `contact_id` and the source in `contacts` whose ids those are. A number speaks for each "
    "contact that has it, and no other key may name its column."
)
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
        "A delivery counts whatever its reason says. Case, and whether words are parted by blanks, dashes or lines, do "
        "not matter in `delivered`, `failed` and `permanent_failures`; a status that none of them holds, such as "
        "`queued`, says nothing.",
        "Amounts count to the eighth decimal. Without `currency` and `currency_column` they are in `profile.currency`.",
    ),
    "consent": (
        "A row is one word of a contact, or of a number, about one channel and one purpose. Every run reads all rows "
        "before its `as_of`, whenever they came or changed.",
        "Give either `table` or `query`.",
        _BY_ID_OR_NUMBER,
        "Of each number, the newest row before `as_of` decides; of two as new, the one that refuses. A row that names "
        "a contact is about all its numbers. Nothing is granted to a contact one of whose numbers is refused.",
        "An empty channel or purpose, `*`, `all` or `any` is about all of them. A comma, colon or star within a word "
        "becomes an underscore.",
        "A status that is in neither list counts as withdrawn, and a warning says how many there are. A grant without "
        "a time decides nothing; a refusal without one is older than all others.",
        "A number that more contacts share than `profile.max_contacts_per_number` says refuses for all of them, and "
        "grants for none.",
    ),
    "objection": (
        "Who objects to profiling is in no segment of a kind that is behavioral or demographic, and of no definition "
        "that reads such figures. It says nothing of being contacted: that is a withdrawn consent.",
        "Give either `table` or `query`.",
        _BY_ID_OR_NUMBER,
        "The newest row before `as_of` decides; a status that is in neither list counts as an objection.",
    ),
    "suppression": (
        "A row that is in force at `as_of` forbids to contact every contact with the number, by its channel, for every "
        "purpose. No consent changes that.",
        "Give either `table` or `query`.",
        _BY_ID_OR_NUMBER,
        "`valid_from` and `valid_until` are included.",
    ),
    "number_list": (
        "A row says of a number that it was disconnected for good, given to somebody else, or in use, and when. Every "
        "run reads the rows from before its `as_of`: see [lists](hygiene.md#lists).",
        "Give either `table` or `query`, and either `status` or `status_column`.",
        "Give `phone`; `contact_id` and `contacts` are of no use here.",
        "Of the statuses, words that no key lists say nothing, and a warning says how many there are.",
    ),
    "privacy.contact": ("A suppression list forbids, and so does a withdrawn consent, whatever stands here.",),
    "privacy.report": (
        "[reports.md](reports.md) says what these two numbers promise. `round_to` has to be more than `min_count`.",
        "A new `round_to` is a second look at each count: choose it once.",
    ),
    "hygiene": ("What counts as a placeholder stands under [quarantine reasons](tables.md#quarantine-reasons).",),
    "hygiene.number_state": ("What the states rest on stands under [states](hygiene.md#states-of-numbers).",),
    "hygiene.issues": ("The kinds stand under [issues](hygiene.md#issues).",),
    "hygiene.quality": ("What the parts are stands under [the score](hygiene.md#the-score-of-a-source).",),
    "hygiene.repair": (
        "Each [repair](tables.md#repairs) is done only where the number is valid then, and was not before.",
        "`area_code` needs `split`.",
    ),
    "profile.place": (
        "The thresholds are those of the [Degree of Urbanisation](segments.md#place_type). They count the people of "
        "the place that the address, or the fixed line, names.",
    ),
    "profile.seasons.calendar": (
        "phoneseg ships the seasons that stand under [`peak_season`](segments.md#peak_season).",
        "Give either `from_day` and `to_day`, or `holidays`. A season may go over New Year.",
        "A holiday of several days is one, with its first day and its last. The names are those of "
        "`holidays.country_holidays(..., language='en_US')`.",
    ),
    "privacy.retention": (
        "The class of a table is that of its most private column: see [privacy.md](privacy.md#retention).",
    ),
    "segments.rfm": (
        "phoneseg ships the segments that stand under [`rfm`](segments.md#rfm). Any of yours replaces all of them.",
        "A contact is in the first of them that fits, else in `other`; without a purchase it is in `no_purchase`.",
    ),
}


def render() -> str:
    """Return the page."""
    return page(
        "The settings",
        "phoneseg/settings/model.py",
        _where(),
        *(_describe_section(path, field) for path, field in _sections()),
        _token_key(),
        "## Example\n\nA complete file for a warehouse without a server:",
        code_block("toml", EXAMPLE.read_text(encoding="utf-8")),
    )


def _sections() -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield the path of each section and its field, those within a section after it."""
    for name, field in Settings.model_fields.items():
        if name not in _NOT_IN_THE_FILE:
            yield from _sections_from((name,), field)


def _sections_from(path: tuple[str, ...], field: FieldInfo) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    yield path, field
    for key, each in _model_of(field).model_fields.items():
        if _is_section(each):
            yield from _sections_from((*path, key), each)


def _is_section(field: FieldInfo) -> bool:
    return _has_model(field) and not _is_inline(field)


def _has_model(field: FieldInfo) -> bool:
    return any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in _kinds(field))


def _is_inline(field: FieldInfo) -> bool:
    """Return whether a section is a value: its keys have no defaults of their own."""
    return isinstance(field.default, BaseModel) and all(
        each.is_required() for each in _model_of(field).model_fields.values()
    )


def _model_of(field: FieldInfo) -> type[BaseModel]:
    """Return the model of a section, or of each that stands under a name of the user's choice."""
    return next(kind for kind in _kinds(field) if isinstance(kind, type) and issubclass(kind, BaseModel))


def _kinds(field: FieldInfo) -> tuple[Any, ...]:
    return (field.annotation, *get_args(field.annotation))


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


def _describe_section(path: tuple[str, ...], field: FieldInfo) -> str:
    """Return a section with all its keys; one that stands once per name of the user's choice has a placeholder."""
    name, model = ".".join(path), _model_of(field)
    if get_origin(field.annotation) is dict:
        path = (*path, "<name>")
    rows = [_describe_key(key, each, path) for key, each in model.model_fields.items() if not _is_section(each)]
    parts = (
        f"## {name}",
        f"Section `[{'.'.join(path)}]`: {str(model.__doc__)[0].lower()}{str(model.__doc__)[1:]}",
        bullets(_RULES.get(name, ())),
        table(("key", "type", "default", "meaning", "environment variable"), rows) if rows else "",
    )
    return "\n\n".join(part for part in parts if part)


def _describe_key(key: str, field: FieldInfo, path: tuple[str, ...]) -> tuple[str, ...]:
    variable = f"PHONESEG_{'__'.join((*path, key))}".upper()
    if _is_inline(field):
        keys = _model_of(field).model_fields
        value = ", ".join(f"{name} = {_write(getattr(field.default, name))}" for name in keys)
        return code(key), "table", code(f"{{ {value} }}"), _first_line(field), code(variable)
    return code(key), _type(field), _default(field), str(field.description), code(variable)


def _first_line(field: FieldInfo) -> str:
    return str(_model_of(field).__doc__).partition("\n")[0]


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
    return f"{words}s" if words.endswith(("number", "date")) else words


def _limit(rule: object, *, is_list: bool) -> str:
    if rule in _RULES_IN_WORDS:
        return _RULES_IN_WORDS[rule]
    if isinstance(rule, Gt):
        return f"more than {rule.gt}"
    if isinstance(rule, Ge):
        return f"{rule.ge} or more"
    if isinstance(rule, Le):
        return f"{rule.le} or less"
    if isinstance(rule, Lt):
        return f"less than {rule.lt}"
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
        return code(f"[{', '.join(_write(value) for value in field.default)}]")
    return code(_write(field.default))


def _write(value: object) -> str:
    """Return a value as it stands in TOML."""
    return f'"{value}"' if isinstance(value, str | Path) else str(value)


def _token_key() -> str:
    return (
        "## The token key\n\nThe key behind `phone_token` stands in the variable `PHONESEG_TOKEN_KEY`, or in the file "
        "that [`privacy.token_key_file`](#privacy) names. The variable goes first. The key itself has no place in "
        f"`{DEFAULT_CONFIG}`. Make it with `openssl rand -hex 32`, and keep it. With another key all tokens change: "
        "[`phoneseg keys rotate`](cli.md#phoneseg-keys-rotate) changes them, and former keys then stand in "
        "`privacy.old_key_files`, or in the variable `PHONESEG_OLD_TOKEN_KEYS` as a JSON list. Why, says "
        "[privacy.md](privacy.md#keys)."
    )
