"""Who is behind the contacts? Those that are one person, and the numbers that several share."""

from phoneseg.people.match import resolve_people
from phoneseg.people.quarantine import quarantine_shared
from phoneseg.people.resolver import Resolution, resolve
from phoneseg.people.shared_numbers import KINDS

__all__ = ["KINDS", "Resolution", "quarantine_shared", "resolve", "resolve_people"]
