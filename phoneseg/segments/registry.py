"""Finds the segment kinds: every module under `kinds/` holds one, named KIND."""

import pkgutil
from functools import cache
from importlib import import_module

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import kinds
from phoneseg.segments.kind import SegmentKind


@cache
def all_kinds() -> tuple[SegmentKind, ...]:
    """Return all segment kinds, in the order of their names.

    Raises:
        TypeError: A module holds no KIND.
        ValueError: Two kinds share a name, or a kind reads a column that the profile does not have.
    """
    found: dict[str, SegmentKind] = {}
    for module in pkgutil.iter_modules(kinds.__path__, prefix=f"{kinds.__name__}."):
        kind = getattr(import_module(module.name), "KIND", None)
        if not isinstance(kind, SegmentKind):
            raise TypeError(f"{module.name}: a segment kind's module holds a SegmentKind named KIND")
        if kind.name in found:
            raise ValueError(f"{module.name}: another kind is called {kind.name!r} too")
        if unknown := set(kind.inputs) - set(CONTACT_PROFILE.column_names):
            raise ValueError(f"{module.name}: contact_profile has no column {', '.join(sorted(unknown))}")
        found[kind.name] = kind
    return tuple(found[name] for name in sorted(found))
