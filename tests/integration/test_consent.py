"""Who may be contacted, out of sources of consent and lists, on the warehouses that are first-class."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from runs import AS_OF, execute, on_warehouses, published_tables, query, run_pipeline

from phoneseg.settings import Settings, load_settings

CONTACTS = """(1, '+4930901820', 'DE'), (2, '+4930901821', 'DE'), (3, '+4930901822', 'DE'), (4, 'none', 'DE'),
    (5, '+4930901824', 'DE')"""
SOURCES = """
[consent.crm]
query = '''{consent}'''
contact_id = "id"
contacts = "shop"
channel_column = "channel"
purpose_column = "purpose"
status_column = "status"
at = "decided_at"

[consent.replies]
query = '''{replies}'''
phone = "number"
region = "DE"
channel = "sms"
purpose = "marketing"
status_column = "status"
at = "decided_at"
time_zone = "Europe/Berlin"

[suppression.do_not_call]
query = '''{listed}'''
phone = "number"
region = "DE"
channel = "call"
valid_from = "since"
valid_until = "until"
"""
CONSENT = """SELECT * FROM (VALUES
    (1, 'sms', 'marketing', 'Granted', '2026-05-01'), (1, 'call', 'marketing', 'yes', '2026-05-01'),
    (2, 'SMS', 'marketing', 'granted', '2026-05-01'), (2, '*', 'marketing', 'withdrawn', '2026-06-01'),
    (2, 'call', 'marketing', 'granted', '2026-06-01'), (4, 'sms', 'marketing', 'granted', '2026-05-01'),
    (4, 'email', 'marketing', 'granted', '2026-05-01'), (9, 'sms', 'marketing', 'granted', '2026-05-01'),
    (3, 'email', 'marketing', 'granted', NULL), (3, 'call', 'marketing', 'granted', '2026-07-01'),
    (3, 'sms', 'marketing', 'perhaps', '2026-05-01'), (NULL, 'sms', 'marketing', 'granted', '2026-05-01')
) AS t(id, channel, purpose, status, decided_at)"""
REPLIES = """SELECT * FROM (VALUES ('030 901820', 'START', '2026-05-02'), ('030 901820', 'STOP', '2026-07-01 01:30'),
    ('030 901829', 'STOP', '2026-05-02'), ('gibberish', 'STOP', '2026-05-02')) AS t(number, status, decided_at)"""
LISTED = """SELECT * FROM (VALUES ('030 901820', '2026-06-01', NULL), ('030 901821', NULL, '2026-06-01'),
    ('030 901822', NULL, NULL)) AS t(number, since, until)"""


@pytest.fixture
def shop(make_warehouse: Callable[..., Settings]) -> Callable[..., Settings]:
    """Return a function that writes a warehouse of five contacts with the sources, and its settings."""

    def make(consent: str = CONSENT, replies: str = REPLIES, listed: str = LISTED, more: str = "") -> Settings:
        settings = make_warehouse(CONTACTS)
        sources = SOURCES.format(consent=consent, replies=replies, listed=listed)
        sources = sources.replace('purpose = "marketing"\nstatus', 'purpose = "marketing"\ngranted = ["start"]\nstatus')
        with settings.config_file.open("a") as file:
            file.write(sources + more)
        return load_settings(settings.config_file)

    return make


def _reasons(settings: Settings, contact: int) -> dict[str, str]:
    rows = query(
        settings, f"SELECT * FROM phoneseg.contact_permission WHERE contact_id = 'shop:{contact}' ORDER BY channel"
    )
    assert rows["is_contactable"].to_list() == [reason in {"consent", "not_withdrawn"} for reason in rows["reason"]]
    return dict(rows.select(pl.col("channel") + ":" + pl.col("purpose"), "reason").rows())


def test_the_newest_word_before_as_of_decides_and_a_list_goes_before_all(shop: Callable[..., Settings]) -> None:
    settings = shop()
    run_pipeline(settings, AS_OF)
    every = {"call:marketing", "email:marketing", "sms:marketing"}
    # the STOP of Berlin's 1 July was said on 30 June by UTC
    assert _reasons(settings, 1) == {
        "call:marketing": "suppressed",
        "email:marketing": "no_consent",
        "sms:marketing": "withdrawn",
    }
    assert _reasons(settings, 2) == dict.fromkeys(every, "withdrawn")  # at the same time as a grant
    # without a time, on 1 July, and with a word that nobody knows
    assert _reasons(settings, 3) == {
        "call:marketing": "suppressed",
        "email:marketing": "no_consent",
        "sms:marketing": "withdrawn",
    }
    assert _reasons(settings, 4) == {
        "call:marketing": "no_consent",
        "email:marketing": "consent",
        "sms:marketing": "invalid_number",
    }


def test_an_earlier_as_of_sees_what_was_said_before_it(shop: Callable[..., Settings]) -> None:
    settings = shop()
    run_pipeline(settings, datetime(2026, 5, 20, tzinfo=UTC))
    assert _reasons(settings, 1) == {
        "call:marketing": "consent",
        "email:marketing": "no_consent",
        "sms:marketing": "consent",
    }
    assert _reasons(settings, 2)["call:marketing"] == "suppressed"  # until June


def test_every_row_is_accounted_for(shop: Callable[..., Settings]) -> None:
    settings = shop()
    run_pipeline(settings, AS_OF)
    sizes = query(settings, "SELECT * FROM phoneseg.permission_size")
    told = {
        row["permission_source"]: {name.removesuffix("_count"): row[name] for name in row if name.endswith("_count")}
        for row in sizes.iter_rows(named=True)
    }
    none = dict.fromkeys(told["crm"], 0)
    crm = {"row": 11, "matched": 8, "unknown_contact": 1, "unreadable": 1, "undated": 1, "unread_status": 1}
    assert told["crm"] == none | crm
    assert told["replies"] == none | {"row": 4, "matched": 2, "unknown_contact": 1, "unreadable": 1}
    assert told["do_not_call"] == none | {"row": 2, "matched": 2}


def test_where_no_consent_is_asked_for_everybody_is_contactable_who_did_not_say_no(
    shop: Callable[..., Settings],
) -> None:
    settings = shop(more='[privacy.contact]\nchannels = { call = "opt_out" }\n')
    run_pipeline(settings, datetime(2026, 5, 20, tzinfo=UTC))
    calls = [_reasons(settings, contact)["call:marketing"] for contact in range(1, 6)]
    assert calls == ["consent", "suppressed", "suppressed", "invalid_number", "not_withdrawn"]
    assert _reasons(settings, 5)["sms:marketing"] == "no_consent"


def test_no_number_leaves_the_stage(shop: Callable[..., Settings], caplog: pytest.LogCaptureFixture) -> None:
    settings = shop()
    with caplog.at_level("DEBUG"):
        run_pipeline(settings, AS_OF)
    tables = published_tables(settings)
    told = caplog.text + repr({name: rows for name, rows in tables.items() if name != "phone_number"})
    assert "90182" not in told
    assert "gibberish" not in told


def test_a_run_publishes_the_permissions_that_differ_alone(shop: Callable[..., Settings]) -> None:
    settings = shop()
    run_pipeline(settings, AS_OF - timedelta(days=1))
    before = _permissions(settings)
    changes = run_pipeline(settings, AS_OF)
    after = _permissions(settings)
    assert before - after == {("shop:1", "sms", "consent")}
    assert after - before == {("shop:1", "sms", "withdrawn")}
    assert changes["deleted_rows"] < 10


def _permissions(settings: Settings) -> set[tuple[object, ...]]:
    rows = query(settings, "SELECT contact_id, channel, reason FROM phoneseg.contact_permission")
    return set(rows.rows())


@on_warehouses("duckdb", "postgresql")
def test_the_demos_contacts_may_be_contacted_as_the_truth_says(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    told = query(any_settings, "SELECT contact_id, channel, purpose, reason, source FROM phoneseg.contact_permission")
    assert told.unique(["contact_id", "channel", "purpose"]).height == told.height
    assert told.group_by("channel").len()["len"].unique().to_list() == [_count(any_settings, "contact_profile")]
    truth = any_settings.folder / "truth"
    said = _holding(truth / "consent.parquet").select("contact_id", "channel", "is_granted")
    both = told.filter(source="crm").join(said, on=["contact_id", "channel"], how="left")
    reasons = {key[0]: set(rows["reason"]) for key, rows in both.partition_by("is_granted", as_dict=True).items()}
    assert reasons[True] == {"consent", "invalid_number", "suppressed"}
    assert reasons[False] == {"withdrawn", "suppressed"}
    assert reasons[None] == {"no_consent", "suppressed"}
    assert set(told.filter(reason="suppressed")["channel"]) == {"call"}

    listed = _holding(truth / "do_not_call.parquet")["phone_e164"]
    cells = pl.read_parquet(truth / "phone_cell.parquet").filter("is_recoverable")
    holders = set(cells.filter(pl.col("phone_e164").is_in(listed.implode()))["contact_id"]) & set(told["contact_id"])
    suppressed = set(told.filter(reason="suppressed")["contact_id"])
    assert len(holders) > 5
    assert holders <= suppressed
    assert len(suppressed - holders) <= len(suppressed) / 5  # whose numbers mean others in another country


def _holding(file: Path) -> pl.DataFrame:
    """Return what holds at AS_OF."""
    at, until = AS_OF.replace(tzinfo=None), pl.col("until")
    return pl.read_parquet(file).filter(pl.col("since") < at, until.is_null() | (until >= at))


def _count(settings: Settings, table: str) -> int:
    return int(query(settings, f"SELECT count(*) FROM phoneseg.{table}").item())


@on_warehouses("duckdb", "postgresql")
def test_who_objects_leaves_what_profiles_it_and_comes_back_when_that_is_lifted(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    willing = "SELECT min(contact_id) FROM phoneseg.contact_profile WHERE source = 'crm' AND NOT has_objection"
    contact = str(query(any_settings, willing + " AND purchase_seasons IS NULL AND is_valid").item())
    before = _kinds_of(any_settings, contact)
    assert {"rfm", "lifecycle", "age_band", "number_type"} <= before
    says = f"INSERT INTO crm.objection VALUES ({contact.removeprefix('crm:')}, '{{}}', TIMESTAMP '{{}}')"
    execute(any_settings, says.format("objected", "2026-07-01 09:00"))
    counts = run_pipeline(any_settings, AS_OF + timedelta(days=1))
    assert counts["is_incremental"]
    left = _kinds_of(any_settings, contact)
    assert left & {"rfm", "lifecycle", "engagement", "preferred_channel", "age_band", "gender", "peak_season"} == set()
    assert {"number_type", "objection"} <= left
    causes = f"SELECT DISTINCT segment_kind, cause FROM phoneseg.segment_change WHERE contact_id = '{contact}'"
    told = dict(query(any_settings, causes).rows())
    assert set(told) >= {"rfm", "lifecycle", "age_band", "objection"}
    assert {told[kind] for kind in ("rfm", "lifecycle", "age_band", "objection")} == {"consent"}

    execute(any_settings, says.format("lifted", "2026-07-02 09:00"))
    run_pipeline(any_settings, AS_OF + timedelta(days=2))
    assert _kinds_of(any_settings, contact) == before
    back = query(any_settings, causes + " AND change = 'entered' AND segment_kind = 'rfm'")
    assert back["cause"].to_list() == ["consent"]


def _kinds_of(settings: Settings, contact: str) -> set[str]:
    sql = f"SELECT segment_kind FROM phoneseg.segment_membership WHERE contact_id = '{contact}'"
    return set(query(settings, sql)["segment_kind"])


@pytest.mark.all_checks
def test_what_is_published_of_consent_passes_its_suites_and_reaches_the_views(any_settings: Settings) -> None:
    run_pipeline(any_settings)
    told = query(
        any_settings,
        "SELECT contact_id, string_agg(channel || ':' || purpose, ',' ORDER BY channel, purpose) AS contactable "
        "FROM phoneseg.contact_permission WHERE is_contactable GROUP BY contact_id",
    )
    seen = query(any_settings, "SELECT contact_id, contactable_segments FROM phoneseg.contact_360")
    assert dict(told.rows()) == dict(seen.drop_nulls().rows())
    late = query(any_settings, "SELECT source_type, source FROM phoneseg.freshness")
    assert {("consent", "preferences"), ("suppression", "do_not_call"), ("objection", "profiling")} <= set(late.rows())
