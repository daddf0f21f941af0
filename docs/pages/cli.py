"""docs/cli.md: every command, out of the command tree that Typer builds."""

import re
from collections.abc import Mapping
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import typer

from docs.pages.markdown import code, code_block, page, table
from phoneseg.cli.commands import app

_Command = Any  # click's classes, or Typer's own copy of them, by Typer's version
_PROGRAM: Final = "phoneseg"
_DEFAULT_IN_HELP: Final = re.compile(r"\s*\(default: (?P<default>[^)]+)\)")
_WORDS: Final[dict[object, str]] = {str: "text", int: "whole number", float: "number", Path: "path", bool: "flag"}
_EXIT_CODES: Final = (
    ("0", "All went well."),
    ("1", "Something has to be mended first. The message says what."),
    ("2", "The command line is wrong: an unknown command or option, or a value that is missing."),
    ("75", "Try again later: another process holds the warehouse, or it does not answer."),
    ("130", "Interrupted. Nothing half-done is visible."),
)


def render() -> str:
    """Return the page."""
    group: _Command = typer.main.get_command(app)
    plain = {name: each for name, each in group.commands.items() if not hasattr(each, "commands")}
    panels = {"Commands": plain} | {
        f"{_PROGRAM} {name}: {_help(each)}": {f"{name} {step}": command for step, command in each.commands.items()}
        for name, each in group.commands.items()
        if name not in plain
    }
    return page(
        "The command line",
        "phoneseg/cli/commands.py",
        str(group.help),
        "Results go to standard output. Progress and errors go to standard error. `--help` after a command shows what "
        "this page says of it.",
        f"Before the command:\n\n{_options(group)}",
        *(_describe_panel(panel, commands) for panel, commands in panels.items()),
        f"## Exit codes\n\n{table(('code', 'meaning'), _EXIT_CODES)}",
    )


def _describe_panel(panel: str, commands: Mapping[str, _Command]) -> str:
    rows = [
        (f"[{code(name)}](#{_PROGRAM}-{name.replace(' ', '-')})", _help(command).partition("\n")[0])
        for name, command in commands.items()
    ]
    described = [_describe(name, command) for name, command in commands.items()]
    return "\n\n".join((f"## {panel}", table(("command", "what it does"), rows), *described))


def _describe(name: str, command: _Command) -> str:
    """Return a command's help, usage, arguments and options."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    parts = [f"### {_PROGRAM} {name}", _help(command), code_block("text", _usage(name, arguments, options))]
    if arguments:
        hints = get_type_hints(command.callback, include_extras=True)
        rows = [(code(_placeholder(each)), _type(hints[each.name]), *_meaning(each)) for each in arguments]
        parts.append(table(("argument", "type", "default", "meaning"), rows))
    if options:
        parts.append(_options(command))
    return "\n\n".join(parts)


def _options(command: _Command) -> str:
    """Return the options that are not hidden, as a table."""
    hints = get_type_hints(command.callback, include_extras=True)
    shown = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    rows = [(code(", ".join(each.opts)), _type(hints[each.name]), *_meaning(each)) for each in shown]
    return table(("option", "type", "default", "meaning"), rows)


def _help(command: _Command) -> str:
    return cleandoc(command.help or "")


def _usage(name: str, arguments: list[_Command], options: list[_Command]) -> str:
    required = [f"{each.opts[0]} {each.name.upper()}" for each in options if each.required]
    optional = ["[OPTIONS]"] if len(required) < len(options) else []
    return " ".join((_PROGRAM, name, *required, *optional, *(_placeholder(each) for each in arguments)))


def _placeholder(argument: _Command) -> str:
    return argument.metavar or argument.name.upper()


def _type(hint: Any) -> str:  # noqa: ANN401  # a type hint
    """Return the type of an annotated parameter in words, with the limits of its values."""
    annotation, info = get_args(hint)[:2]
    if get_origin(annotation) is Literal:
        return " or ".join(code(choice) for choice in get_args(annotation))
    choices = [kind for kind in get_args(annotation) if kind is not NoneType]
    if NoneType in get_args(annotation):
        (annotation,) = choices
    is_list = get_origin(annotation) is list
    kind = get_args(annotation)[0] if is_list else annotation
    if issubclass(kind, StrEnum):
        return " or ".join(kind)
    words = [_WORDS.get(kind) or str(getattr(kind, "__name__", kind))]
    if info.min is not None:
        words.append(f"{info.min} or more")
    if info.max is not None:
        words.append(f"{info.max} or less")
    return ", ".join([*words, "repeatable"] if is_list else words)


def _meaning(parameter: _Command) -> tuple[str, str]:
    """Return the default and the help, which may tell the default itself."""
    text = parameter.help or ""
    told = _DEFAULT_IN_HELP.search(text)
    if parameter.required:
        default = "required"
    elif told:
        default = told["default"]
    elif isinstance(parameter.default, bool):
        default = "on" if parameter.default else "off"
    else:
        default = "none" if parameter.default in (None, ()) else code(parameter.default)
    variable = f" Or set {code(parameter.envvar)}." if getattr(parameter, "envvar", None) else ""
    return default, _DEFAULT_IN_HELP.sub("", text) + variable
