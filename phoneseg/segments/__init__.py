"""Contacts become members of segments. A new kind is one new file under `kinds/`."""

from phoneseg.segments.content_hash import add_content_hash
from phoneseg.segments.kind import KindParameters, SegmentKind
from phoneseg.segments.membership import SegmentRules
from phoneseg.segments.registry import all_kinds

__all__ = ["KindParameters", "SegmentKind", "SegmentRules", "add_content_hash", "all_kinds"]
