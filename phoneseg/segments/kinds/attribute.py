"""Attributes of the contact sources."""

import polars as pl

from phoneseg.segments.kind import KindParameters, SegmentKind, version_of


def build_kind(parameters: KindParameters) -> SegmentKind:
    """Return the kind; without attributes in the settings it has no members.

    Args:
        parameters: The settings with the names of the attributes.
    """
    names = parameters.settings.attributes
    return SegmentKind(
        name="attribute",
        family="demographic",
        description="What a contact source says in one of the attributes that the settings choose.",
        definition=(
            f"attribute:value in small letters, of segments.attributes ({', '.join(names) or 'none'}); "
            "attribute:unknown where there is no value."
        ),
        definition_version=version_of("1", (parameters.settings, "attributes")),
        is_exclusive=False,
        inputs=("attributes",) if names else (),
        code=_choose(names) if names else pl.lit([], pl.List(pl.String)),
        label=pl.col("segment_code").str.replace(":", ": ", literal=True),
    )


def _choose(names: tuple[str, ...]) -> pl.Expr:
    values = pl.col("attributes").str.json_decode(pl.Struct(dict.fromkeys(names, pl.String)))
    return pl.concat_list(_write(name, values.struct.field(name)) for name in names)


def _write(name: str, value: pl.Expr) -> pl.Expr:
    plain = value.str.strip_chars().str.to_lowercase()
    return pl.lit(f"{name}:") + pl.when(plain != "").then(plain).otherwise(pl.lit("unknown"))
