"""Channels and purposes that are asked about, out of those that sources name."""

from collections.abc import Iterable
from typing import Final

import polars as pl

EVERY: Final = "*"
Mention = tuple[str | None, str | None]
_SUBJECT: Final = ("channel", "purpose")


def list_subjects(mentions: Iterable[Mention]) -> list[tuple[str, str]]:
    """Return the channels with their purposes.

    A channel without a purpose is about the purposes that it is named with elsewhere, else about all that are named;
    a purpose without a channel likewise. Where nothing names any, the star stands for all.

    Args:
        mentions: Channel and purpose as rows name them; null for all.

    Returns:
        Channel and purpose, each pair once, in order.
    """
    named = set(mentions)
    pairs = {(channel, purpose) for channel, purpose in named if channel is not None and purpose is not None}
    channels = {channel for channel, _ in named if channel is not None}
    purposes = {purpose for _, purpose in named if purpose is not None}
    lonely_channels = channels - {channel for channel, _ in pairs}
    lonely_purposes = purposes - {purpose for _, purpose in pairs}
    found = pairs | {(channel, purpose) for channel in lonely_channels for purpose in purposes or {EVERY}}
    found |= {(channel, purpose) for channel in channels or {EVERY} for purpose in lonely_purposes}
    if named and not found:
        found = {(EVERY, EVERY)}
    return sorted(found)


def list_applying(mentions: Iterable[Mention], subjects: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Return which subjects each mention is about.

    Args:
        mentions: Channel and purpose as rows name them; null for all.
        subjects: The rows of `list_subjects`.

    Returns:
        `named_channel` and `named_purpose` (both may be null), `channel` and `purpose`.
    """
    about = [
        (*mention, *subject)
        for mention in sorted(set(mentions), key=repr)
        for subject in subjects
        if all(name is None or name == asked for name, asked in zip(mention, subject, strict=True))
    ]
    columns = (*(f"named_{name}" for name in _SUBJECT), *_SUBJECT)
    return pl.DataFrame(about, dict.fromkeys(columns, pl.String), orient="row")
