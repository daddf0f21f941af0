"""Names for people out of codes."""

from collections.abc import Mapping

import polars as pl


def sentence_case(code: pl.Expr, names: Mapping[str, str] | None = None) -> pl.Expr:
    """Return codes as people write them: `new_customers` is `New customers`.

    Args:
        code: Lower-case codes with underscores.
        names: Names that go another way, by code.
    """
    words = code.str.replace_all("_", " ", literal=True)
    written = words.str.head(1).str.to_uppercase() + words.str.slice(1)
    if not names:
        return written
    return code.replace_strict([*names], [*names.values()], default=written)
