"""Hashes that tell an incremental run which contacts differ from what is published."""

from typing import Final

import polars as pl

_MEMBER: Final = ("segment_kind", "segment_code", "definition_version")
_OF_CONTACT: Final = ("contact_id", "source")


def add_content_hash(profile: pl.DataFrame, members: pl.DataFrame, *details: pl.DataFrame) -> pl.DataFrame:
    """Return the profiles with `content_hash`: of the row, and of memberships and details in any order.

    Args:
        profile: Rows of the contact profile.
        members: Rows of SEGMENT_MEMBERSHIP of those contacts.
        details: Rows of other tables of those contacts, such as CONTACT_PERMISSION, always the same ones in one order.
    """
    hashed = profile.with_columns(profile.drop("content_hash").hash_rows(seed=1).alias("row_hash"))
    names = []
    for position, rows in enumerate((members.select("contact_id", *_MEMBER), *details)):
        names.append(f"hash_{position}")
        of_row = pl.struct(pl.exclude(_OF_CONTACT)).hash(seed=1)
        some = rows.group_by("contact_id").agg(of_row.sum().alias(names[-1]))
        hashed = hashed.join(some, on="contact_id", how="left", maintain_order="left")
    all_of_it = pl.struct("row_hash", pl.col(names).fill_null(0)).hash(seed=1)
    return hashed.with_columns(content_hash=all_of_it.reinterpret(signed=True)).select(profile.columns)
