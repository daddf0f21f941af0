"""Reads `phoneseg.toml` and says, in one clear line, what is wrong with it."""

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableVariableError

from phoneseg.errors import SettingsError
from phoneseg.settings.model import Settings

CONFIG_VARIABLE = "PHONESEG_CONFIG"
DEFAULT_CONFIG = "phoneseg.toml"
_PREFIX = "PHONESEG_"
# Settings that have no place in the file, and the end of the variable that sets each.
_SECRETS = {"token_key": "TOKEN_KEY", "old_token_keys": "OLD_TOKEN_KEYS"}
# Variables that are read elsewhere: by this module, by the command line and by the DAG.
_NO_SETTINGS = ("config", "log_format", "airflow_conn_id")


def load_settings(
    path: Path | None = None,
    *,
    warehouse_url: str | None = None,
    token_key: str | None = None,
    old_token_keys: Sequence[str] = (),
) -> Settings:
    """Read the settings.

    Args:
        path: The file; without one, the file that `PHONESEG_CONFIG` names, else `phoneseg.toml` here.
        warehouse_url: Stands over the file's `warehouse.url`: an orchestrator keeps it among its secrets.
        token_key: The key of the tokens, likewise.
        old_token_keys: The keys before it, likewise.

    Returns:
        The settings, with `PHONESEG_*` variables (`PHONESEG_WAREHOUSE__URL`, ...) over the file's values.

    Raises:
        SettingsError: The file is missing or no TOML, or a key or value is wrong.
    """
    file = Path(path or os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG).absolute()
    values = _read_toml(file)
    _check_variables(os.environ)
    for reserved in ("config_file", *_SECRETS):
        if reserved in values:
            line, variable = _line_of(file, (reserved,)), _PREFIX + _SECRETS.get(reserved, "TOKEN_KEY")
            raise SettingsError(f"{file.name}:{line}: `{reserved}` cannot stand in the file; set {variable}")
    if warehouse_url is not None:
        values["warehouse"] = {**values.get("warehouse", {}), "url": warehouse_url}
    if token_key is not None:
        values["token_key"] = token_key
    if old_token_keys:
        values["old_token_keys"] = list(old_token_keys)
    try:
        return Settings(config_file=file, **values)
    except UnreadableVariableError:
        raise SettingsError(f"environment: {_unreadable_variable()}: a list or a section is written as JSON") from None
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        errors.sort(key=lambda detail: detail["type"] != "extra_forbidden")  # a misspelt key also misses the right one
        raise SettingsError(_clear_line(file, errors[0])) from None


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        raise SettingsError(
            f"{file}: no such file; name one with --config or {CONFIG_VARIABLE}, or make a demo with `phoneseg demo`"
        ) from None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from None


def _check_variables(environment: Mapping[str, str]) -> None:
    known = {name.upper() for name in Settings.model_fields if name != "config_file"}
    known |= {name.upper() for name in _NO_SETTINGS}
    for variable in environment:
        if not variable.startswith(_PREFIX):
            continue
        location = variable.removeprefix(_PREFIX).lower().split("__")
        is_below_a_value = any(_is_plain(location[:depth]) for depth in range(1, len(location)))
        if location[0].upper() not in known or is_below_a_value:
            names = ", ".join(sorted(_PREFIX + name for name in known))
            raise SettingsError(f"environment: {variable}: unknown setting; known: {names}")


def _unreadable_variable() -> str:
    """Return the first variable whose value should be JSON and is not."""
    for variable, value in os.environ.items():
        location = variable.upper().removeprefix(_PREFIX).lower().split("__")
        if not variable.upper().startswith(_PREFIX) or _is_plain(location):
            continue
        try:
            json.loads(value)
        except json.JSONDecodeError:
            return variable
    return f"{_PREFIX}*"


def _is_plain(location: Sequence[str]) -> bool:
    """Return whether a setting is a single value, rather than a list or a section."""
    field = _section(location[:-1]).model_fields.get(location[-1])
    if field is None:
        return len(location) == 1 and location[0] in _NO_SETTINGS
    kinds = (field.annotation, *get_args(field.annotation))
    return not any(
        get_origin(kind) in {tuple, dict} or (isinstance(kind, type) and issubclass(kind, BaseModel)) for kind in kinds
    )


def _clear_line(file: Path, error: ErrorDetails) -> str:
    """Return `file:line: key: what is wrong; what exists instead`, without the value."""
    location = tuple(str(part) for part in error["loc"] if part != "[key]")  # which says that the key itself is wrong
    key = ".".join(location)
    variable = _PREFIX + "__".join(location).upper()
    variables = {name.upper(): name for name in os.environ}
    where = (
        f"environment: {variables[variable]}"
        if variable in variables
        else f"{file.name}:{_line_of(file, location)}: {key}"
    )
    message = error["msg"].removeprefix("Value error, ").replace("a valid tuple", 'a list, such as ["mobile"]')
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key; {_known_keys(location)}"
    if error["type"] == "missing":
        return f"{where}: this key is missing"
    return f"{where}: {message[0].lower()}{message[1:]}"


def _known_keys(location: Sequence[str]) -> str:
    known = [name for name in _section(location[:-1]).model_fields if name not in {"config_file", *_SECRETS}]
    nearest = get_close_matches(location[-1], known, n=1)
    hint = f"did you mean `{nearest[0]}`? " if nearest else ""
    return f"{hint}known keys: {', '.join(known)}"


def _section(location: Sequence[str]) -> type[BaseModel]:
    """Return the model that describes the keys under `location`."""
    model: type[BaseModel] = Settings
    for part in location:
        field = model.model_fields.get(part)
        if field is None:  # a name that the user chose, such as that of a contact source
            continue
        annotation = field.annotation
        candidates = (annotation, *get_args(annotation))
        model = next((kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return model


def _line_of(file: Path, location: Sequence[str]) -> int:
    """Return the line that sets `location`, else the line of the nearest table around it, else 1."""
    table: list[str] = []
    best_line, best_depth = 1, 0
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = header[1].strip().split(".")
            path = table
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            path = [*table, *key[1].split(".")]
        else:
            continue
        if len(path) > best_depth and list(location[: len(path)]) == path:
            best_line, best_depth = number, len(path)
    return best_line
