"""Hashes that tell an incremental run which contacts differ from what is published."""

import polars as pl


def add_content_hash(profile: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return the profiles with `content_hash`: of the row, and of the contact's memberships in any order.

    Args:
        profile: Rows of the contact profile.
        members: Rows of SEGMENT_MEMBERSHIP of those contacts.
    """
    of_member = pl.struct("segment_kind", "segment_code", "definition_version").hash(seed=1)
    of_members = members.group_by("contact_id").agg(of_member.sum().alias("members_hash"))
    hashed = profile.with_columns(profile.drop("content_hash").hash_rows(seed=1).alias("row_hash"))
    joined = hashed.join(of_members, on="contact_id", how="left", maintain_order="left")
    both = pl.struct("row_hash", pl.col("members_hash").fill_null(0)).hash(seed=1)
    return joined.with_columns(content_hash=both.reinterpret(signed=True)).select(profile.columns)
