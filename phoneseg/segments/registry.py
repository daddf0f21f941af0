"""Finds the segment kinds: every module under `kinds/` holds one, as KIND or as what `build_kind` returns."""

import pkgutil
from importlib import import_module
from types import ModuleType

from phoneseg.contracts import contact_profile
from phoneseg.segments import kinds
from phoneseg.segments.kind import KindParameters, SegmentKind


def all_kinds(parameters: KindParameters) -> tuple[SegmentKind, ...]:
    """Return all segment kinds, in the order of their names.

    One that reads nothing but columns which no source fills has no members: all contacts would be the same to it.

    Args:
        parameters: What the kinds that have a `build_kind` are built with.

    Raises:
        TypeError: A module holds no kind.
        ValueError: Two kinds share a name, or a kind reads a column that the profile does not have.
    """
    found: dict[str, SegmentKind] = {}
    columns = contact_profile(parameters.profile.windows_days).column_names
    for module in pkgutil.iter_modules(kinds.__path__, prefix=f"{kinds.__name__}."):
        kind = _kind_of(import_module(module.name), parameters)
        if kind.name in found:
            raise ValueError(f"{module.name}: another kind is called {kind.name!r} too")
        if unknown := set(kind.inputs) - set(columns):
            raise ValueError(f"{module.name}: contact_profile has no column {', '.join(sorted(unknown))}")
        is_filled = not kind.inputs or set(kind.inputs) - parameters.unfilled
        found[kind.name] = kind if is_filled else kind.without_members()
    return tuple(found[name] for name in sorted(found))


def _kind_of(module: ModuleType, parameters: KindParameters) -> SegmentKind:
    build = getattr(module, "build_kind", None)
    kind = build(parameters) if build else getattr(module, "KIND", None)
    if not isinstance(kind, SegmentKind):
        raise TypeError(f"{module.__name__}: a segment kind's module holds a SegmentKind named KIND, or a build_kind")
    return kind
