"""Contacts become members of segments. A new kind is one new file under `kinds/`."""

from phoneseg.segments.kind import SegmentKind
from phoneseg.segments.membership import assign_segments, describe_segments
from phoneseg.segments.registry import all_kinds

__all__ = ["SegmentKind", "all_kinds", "assign_segments", "describe_segments"]
