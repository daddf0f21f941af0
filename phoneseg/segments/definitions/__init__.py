"""Definitions in files: SQL over the profile and other memberships, checked and evaluated."""

from phoneseg.segments.definitions.assign import assign_definitions
from phoneseg.segments.definitions.rules import DefinitionRules

__all__ = ["DefinitionRules", "assign_definitions"]
