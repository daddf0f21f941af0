"""Hashes that tell an incremental run which contacts differ from what is published."""

from typing import Final

import polars as pl

_PERMISSION: Final = ("channel", "purpose", "is_contactable", "reason", "decided_at")


def add_content_hash(profile: pl.DataFrame, members: pl.DataFrame, permissions: pl.DataFrame) -> pl.DataFrame:
    """Return the profiles with `content_hash`: of the row, and of memberships and permissions in any order.

    Args:
        profile: Rows of the contact profile.
        members: Rows of SEGMENT_MEMBERSHIP of those contacts.
        permissions: Rows of CONTACT_PERMISSION of those contacts.
    """
    of_member = pl.struct("segment_kind", "segment_code", "definition_version").hash(seed=1)
    of_members = members.group_by("contact_id").agg(of_member.sum().alias("members_hash"))
    of_permission = pl.struct(_PERMISSION).hash(seed=1)
    of_permissions = permissions.group_by("contact_id").agg(of_permission.sum().alias("permissions_hash"))
    hashed = profile.with_columns(profile.drop("content_hash").hash_rows(seed=1).alias("row_hash"))
    for some in (of_members, of_permissions):
        hashed = hashed.join(some, on="contact_id", how="left", maintain_order="left")
    all_of_it = pl.struct("row_hash", pl.col("members_hash", "permissions_hash").fill_null(0)).hash(seed=1)
    return hashed.with_columns(content_hash=all_of_it.reinterpret(signed=True)).select(profile.columns)
