"""Settings that would let reports reveal small counts are refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from phoneseg.errors import SettingsError
from phoneseg.segments import all_kinds
from phoneseg.segments.kind import KindParameters
from phoneseg.settings import ReportSettings, Settings

MakeSettings = Callable[..., Settings]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("round_to = 11", "9: privacy.report: `round_to` has to be more than `min_count`, which is 11$"),
        ("min_count = 15", "9: privacy.report: `round_to` has to be more than `min_count`, which is 15$"),
        ("min_count = 1", "10: privacy.report.min_count: .* greater than or equal to 2"),
        ('crossed_kinds = ["rfm", "rfm"]', "9: privacy.report: `crossed_kinds` names a kind twice"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(make_settings: MakeSettings, keys: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_settings(more=f"[privacy.report]\n{keys}")


def test_the_kinds_that_are_crossed_by_default_exist(make_settings: MakeSettings) -> None:
    known = {kind.name for kind in all_kinds(KindParameters.of(make_settings(), datetime(2026, 7, 1, tzinfo=UTC)))}
    assert set(ReportSettings().crossed_kinds) <= known
