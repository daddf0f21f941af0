"""What can be set of risk signals."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from phoneseg.settings.risk_clusters import ClusterRiskSettings
from phoneseg.settings.risk_prefixes import PrefixRiskSettings
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings
from phoneseg.settings.risk_spikes import SpikeSettings
from phoneseg.settings.risk_tables import CalendarTable, PrefixListTable, RateTable
from phoneseg.settings.seasons import Region
from phoneseg.settings.section import Section


class RiskSettings(Section):
    """When numbers and prefixes misbehave, detector by detector."""

    mode: Literal["shadow", "on"] = Field(
        "shadow",
        description="In shadow, signals are published and nobody is a member of a segment of kind `risk`; `on` makes "
        "members.",
    )
    valid_days: int = Field(
        30, ge=1, description="A signal counts for the risk of its numbers and contacts for so many days."
    )
    hourly_levels: tuple[Literal["country", "area_code", "number_block", "carrier"], ...] = Field(
        ("country", "area_code", "carrier"),
        description="Levels of prefixes that are counted by the hour, too; all are by the day.",
    )
    holiday_regions: tuple[Region, ...] = Field(
        (), description="Regions (ISO 3166 alpha-2) whose public holidays are known causes of activity."
    )
    calendar: CalendarTable | None = Field(None, description="Known causes of activity: own campaigns, outages.")
    prefix_list: PrefixListTable | None = Field(None, description="Prefixes that are allowed, watched or blocked.")
    prefix_list_file: Path | None = Field(None, description="A CSV file of such prefixes, instead or besides.")
    rates: RateTable | None = Field(None, description="Termination rates, to estimate what SIM boxes cost.")
    sim_box_model_file: Path | None = Field(
        None, description="The model that `phoneseg risk train` wrote; without it, the score alone tells SIM boxes."
    )
    spikes: SpikeSettings = SpikeSettings()
    sim_box: SimBoxSettings = SimBoxSettings()
    sim_box_model: SimBoxModelSettings = SimBoxModelSettings()
    clusters: ClusterRiskSettings = ClusterRiskSettings()
    prefixes: PrefixRiskSettings = PrefixRiskSettings()
