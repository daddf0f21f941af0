"""Who is behind the contacts? Those that are one person, and the numbers that several share."""

from phoneseg.people.match import resolve_people
from phoneseg.people.quarantine import forget_half_read, quarantine_shared
from phoneseg.people.resolver import Resolution, resolve
from phoneseg.people.shared_numbers import KINDS

__all__ = ["KINDS", "Resolution", "forget_half_read", "quarantine_shared", "resolve", "resolve_people"]
