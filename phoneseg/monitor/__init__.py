"""The verbs of `monitor_activity`: extract -> detect -> publish (in three steps: load, audit, swap)."""

from typing import Final

from phoneseg.monitor.detect import detect
from phoneseg.monitor.extract import extract
from phoneseg.monitor.publish import audit, load, swap
from phoneseg.verb import Verb

VERBS: Final[tuple[Verb, ...]] = (extract, detect, load, audit, swap)

__all__ = ["VERBS", "audit", "detect", "extract", "load", "swap"]
