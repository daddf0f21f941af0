"""The settings: `phoneseg.toml`, overridden by `PHONESEG_*`, read once at the edge and passed down."""

from phoneseg.settings.load import CONFIG_VARIABLE, DEFAULT_CONFIG, load_settings
from phoneseg.settings.model import ContactSource, Settings

__all__ = ["CONFIG_VARIABLE", "DEFAULT_CONFIG", "ContactSource", "Settings", "load_settings"]
