"""A new segment kind is one new file under `kinds/`; a wrong one is told by its module."""

import pkgutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from phoneseg.contracts import CONTACT_PROFILE
from phoneseg.segments import KindParameters, SegmentKind, all_kinds, kinds
from phoneseg.settings import ProfileSettings, SegmentSettings, Settings

PARAMETERS = KindParameters(datetime(2026, 7, 1, tzinfo=UTC), SegmentSettings(), ProfileSettings())
Register = Callable[..., tuple[SegmentKind, ...]]


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Put modules into a folder beside those of phoneseg, and find all kinds anew."""
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    written: list[str] = []

    def find(**modules: str) -> tuple[SegmentKind, ...]:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
            written.append(name)
        return all_kinds(PARAMETERS)

    yield find
    for name in written:
        sys.modules.pop(f"{kinds.__name__}.{name}", None)
        if hasattr(kinds, name):
            delattr(kinds, name)


def _module(name: str, inputs: tuple[str, ...] = ("region_code",)) -> str:
    return (
        "import polars as pl\nfrom phoneseg.segments.kind import SegmentKind\n"
        f"KIND = SegmentKind(name={name!r}, family='f', description='d.', definition='d.', definition_version='1', "
        f"is_exclusive=True, inputs={inputs!r}, code=pl.col('region_code'), label=pl.col('segment_code'))\n"
    )


def test_every_module_under_kinds_is_found_in_the_order_of_names() -> None:
    modules = [module.name for module in pkgutil.iter_modules(kinds.__path__)]
    names = [kind.name for kind in all_kinds(PARAMETERS)]
    assert names == sorted(names)
    assert names == sorted(modules), "a kind is called as its module"


def test_a_new_file_is_a_new_kind(register: Register) -> None:
    shipped = [kind.name for kind in all_kinds(PARAMETERS)]
    found = register(birthday=_module("birthday"))
    assert [kind.name for kind in found] == sorted(["birthday", *shipped])


@pytest.mark.parametrize("source", ["", "KIND = 'birthday'\n"])
def test_a_module_without_a_kind_is_told(register: Register, source: str) -> None:
    with pytest.raises(TypeError, match=r"^phoneseg\.segments\.kinds\.birthday: a segment kind's module holds"):
        register(birthday=source)


def test_two_kinds_of_one_name_are_told(register: Register) -> None:
    with pytest.raises(ValueError, match=r"kinds\.\w+: another kind is called 'country' too$"):
        register(birthday=_module("country"))


def test_a_kind_that_reads_a_column_that_the_profile_does_not_have_is_told(register: Register) -> None:
    with pytest.raises(ValueError, match=r"kinds\.birthday: contact_profile has no column hat_size, shoe_size$"):
        register(birthday=_module("birthday", ("region_code", "shoe_size", "hat_size")))


def test_a_kind_is_built_with_the_parameters_where_its_module_can(register: Register) -> None:
    built = (
        _module("birthday")
        .replace("KIND = ", "def build_kind(parameters): return ")
        .replace("definition_version='1'", "definition_version=parameters.as_of.isoformat()")
    )
    (kind,) = (kind for kind in register(birthday=built) if kind.name == "birthday")
    assert kind.definition_version == "2026-07-01T00:00:00+00:00"


def test_what_no_contact_source_maps_has_no_segments_and_what_one_maps_has_one_of_unknown(
    make_settings: Callable[..., Settings],
) -> None:
    crm = shop = 'table = "t"\nid = "id"\nphones = ["p"]'
    settings = make_settings(crm + '\ngender = "sex"', more=f"[contacts.shop]\n{shop}\nincome = 'salary'")
    nothing_known = pl.LazyFrame([{"contact_id": "crm:1", "source": "crm"}], CONTACT_PROFILE.schema)
    codes = {
        kind.name: kind.assign(nothing_known).collect()["segment_code"].to_list()
        for kind in all_kinds(KindParameters.of(settings, PARAMETERS.as_of))
        if kind.family == "demographic"
    }
    assert codes == {"age_band": [], "attribute": [], "gender": ["unknown"], "income_band": ["unknown"]}


def test_a_kind_may_read_the_windows_of_the_settings_and_no_others(register: Register) -> None:
    module = _module("birthday", ("event_count_90d",)).replace("'region_code'", "'event_count_90d'")
    assert "birthday" in {kind.name for kind in register(birthday=module)}
    parameters = KindParameters(
        PARAMETERS.as_of,
        SegmentSettings(engagement={"window_days": 14}),  # type: ignore[arg-type]  # pydantic checks the values
        ProfileSettings(windows_days=(14, 365)),
    )
    with pytest.raises(ValueError, match=r"kinds\.birthday: contact_profile has no column event_count_90d$"):
        all_kinds(parameters)
