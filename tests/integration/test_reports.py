"""The reports of a run are about all contacts, whatever part of them it read."""

from datetime import datetime, timedelta

from runs import AS_OF, execute, query, run_pipeline

from phoneseg.settings import Settings

NEXT = AS_OF + timedelta(days=1)
COMPARED = """
    SELECT size.contact_count AS true_count, report.contact_count AS shown_count
    FROM phoneseg.segment_size AS size
    FULL JOIN phoneseg_report.segment_report AS report USING (as_of, segment_kind, segment_code)
    WHERE as_of = '{:%Y-%m-%d %H:%M:%S+00}'
"""


def check_reports(settings: Settings, as_of: datetime) -> None:
    """Check the reports of a day against the sizes of all segments on it."""
    rules = settings.privacy.report
    rows = query(settings, COMPARED.format(as_of)).rows()
    shown = [(true, count) for true, count in rows if count is not None]
    assert len(shown) > 20
    assert all(true >= rules.min_count and abs(true - count) < rules.round_to for true, count in shown)
    assert all(count is not None for true, count in rows if true >= 2 * rules.round_to)


def test_a_run_of_one_source_reports_all_contacts(demo_settings: Settings) -> None:
    run_pipeline(demo_settings)
    execute(demo_settings, "DELETE FROM crm.customer WHERE customer_id % 3 = 0")
    counts = run_pipeline(demo_settings, NEXT, sources=("crm",), accept_drift=True, accept_sizes=True)
    assert counts["changed_contact_count"] < counts["contact_count"]
    for as_of in (AS_OF, NEXT):
        check_reports(demo_settings, as_of)
    total = (
        "SELECT contact_count FROM phoneseg_report.contact_report WHERE contact_source = '*' AND measure = 'contacts'"
    )
    contacts = query(demo_settings, "SELECT count(*) FROM phoneseg.contact_profile").item()
    assert abs(query(demo_settings, f"{total} ORDER BY as_of DESC LIMIT 1").item() - contacts) < 15
