"""Sections of risk settings refuse what would make a detector senseless, and take their defaults."""

import pytest
from pydantic import ValidationError

from phoneseg.settings.risk_clusters import ClusterRiskSettings, NumberClusterSettings, RingSettings
from phoneseg.settings.risk_prefixes import ConversionSettings, PrefixRiskSettings, PremiumRangeSettings


def test_every_figure_has_a_default_and_a_description() -> None:
    for section in (ClusterRiskSettings(), PrefixRiskSettings()):
        for name in type(section).model_fields:
            assert all(field.description for field in type(getattr(section, name)).model_fields.values())


@pytest.mark.parametrize(
    ("section", "values", "words"),
    [
        (RingSettings, {"min_signs": 3, "high_signs": 2}, "high_signs"),
        (RingSettings, {"min_accounts": 50, "max_accounts": 10}, "max_accounts"),
        (NumberClusterSettings, {"line_spans": (20, 1000)}, "line_spans"),
        (NumberClusterSettings, {"burst_hours": (0,)}, "burst_hours"),
        (NumberClusterSettings, {"burst_hours": ()}, "burst_hours"),
        (ConversionSettings, {"high_rate_ratio": 0.6}, "max_rate_ratio"),
        (PremiumRangeSettings, {"satellite_words": (" ",)}, "satellite_words"),
    ],
)
def test_senseless_figures_are_refused_by_name(section: type, values: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        section(**values)


def test_words_of_carriers_are_in_small_letters() -> None:
    assert PremiumRangeSettings(satellite_words=("thuraya",)).satellite_words == ("thuraya",)
    with pytest.raises(ValidationError, match="satellite_words"):
        PremiumRangeSettings(satellite_words=("Thuraya ",))
