"""One row per contact: all that segments are made of."""

from phoneseg.profiles.contact import build_contact_profile

__all__ = ["build_contact_profile"]
