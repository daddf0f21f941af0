"""The settings: `phoneseg.toml`, overridden by `PHONESEG_*`, read once at the edge and passed down."""

from phoneseg.settings.activity import ActivitySource
from phoneseg.settings.definition_files import Definition, WrittenDefinitions, read_definitions
from phoneseg.settings.hygiene import (
    HygieneSettings,
    IssueSettings,
    NumberStateSettings,
    QualityWeights,
    RepairSettings,
)
from phoneseg.settings.load import CONFIG_VARIABLE, DEFAULT_CONFIG, load_settings
from phoneseg.settings.model import ContactSource, Settings
from phoneseg.settings.number_list import NumberListSource
from phoneseg.settings.people import PeopleSettings
from phoneseg.settings.permission import (
    ConsentSource,
    ContactPolicy,
    ObjectionSource,
    PermissionSource,
    SuppressionSource,
)
from phoneseg.settings.profile import ProfileSettings
from phoneseg.settings.report import ReportSettings
from phoneseg.settings.segments import SegmentSettings

__all__ = [
    "CONFIG_VARIABLE",
    "DEFAULT_CONFIG",
    "ActivitySource",
    "ConsentSource",
    "ContactPolicy",
    "ContactSource",
    "Definition",
    "HygieneSettings",
    "IssueSettings",
    "NumberListSource",
    "NumberStateSettings",
    "ObjectionSource",
    "PeopleSettings",
    "PermissionSource",
    "ProfileSettings",
    "QualityWeights",
    "RepairSettings",
    "ReportSettings",
    "SegmentSettings",
    "Settings",
    "SuppressionSource",
    "WrittenDefinitions",
    "load_settings",
    "read_definitions",
]
