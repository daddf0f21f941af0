"""What can be set of risk signals."""

from phoneseg.settings.risk_clusters import ClusterRiskSettings
from phoneseg.settings.risk_prefixes import PrefixRiskSettings
from phoneseg.settings.risk_sim_box import SimBoxModelSettings, SimBoxSettings
from phoneseg.settings.risk_spikes import SpikeSettings
from phoneseg.settings.section import Section


class RiskSettings(Section):
    """When numbers and prefixes misbehave, detector by detector."""

    spikes: SpikeSettings = SpikeSettings()
    sim_box: SimBoxSettings = SimBoxSettings()
    sim_box_model: SimBoxModelSettings = SimBoxModelSettings()
    clusters: ClusterRiskSettings = ClusterRiskSettings()
    prefixes: PrefixRiskSettings = PrefixRiskSettings()
