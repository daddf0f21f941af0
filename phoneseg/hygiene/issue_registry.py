"""Finds the kinds of issues: every module under `issues/` holds one, as KIND or as what `build_kind` returns."""

import pkgutil
from importlib import import_module

from phoneseg.hygiene import issues
from phoneseg.hygiene.issue_kind import IssueKind
from phoneseg.settings import IssueSettings


def all_issue_kinds(settings: IssueSettings) -> tuple[IssueKind, ...]:
    """Return all kinds of issues, in the order of their names.

    Args:
        settings: What the kinds that have a `build_kind` are built with.

    Raises:
        TypeError: A module holds no kind.
        ValueError: Two kinds share a name.
    """
    found: dict[str, IssueKind] = {}
    for module in pkgutil.iter_modules(issues.__path__, prefix=f"{issues.__name__}."):
        loaded = import_module(module.name)
        build = getattr(loaded, "build_kind", None)
        kind = build(settings) if build else getattr(loaded, "KIND", None)
        if not isinstance(kind, IssueKind):
            raise TypeError(f"{module.name}: an issue kind's module holds an IssueKind named KIND, or a build_kind")
        if kind.name in found:
            raise ValueError(f"{module.name}: another kind is called {kind.name!r} too")
        found[kind.name] = kind
    return tuple(found[name] for name in sorted(found))
