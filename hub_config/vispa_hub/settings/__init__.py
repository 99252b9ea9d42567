"""The settings of a VISPA: one frozen model of `vispa.toml`, checked before anything starts."""

from vispa_hub.settings.loading import SettingsError, load
from vispa_hub.settings.model import Settings

__all__ = ["Settings", "SettingsError", "load"]
