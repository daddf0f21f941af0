"""What becomes of numbers in the demo: the tables say what the truth says."""

import polars as pl

RECOVERABLE = ["contact_id", "phone_e164"]


def _messages(demo: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return messages by phone beside the truth about the number that they went to."""
    mobiles = demo["truth.phone_cell"].filter(pl.col("phone_column") == "mobile", pl.col("is_recoverable"))
    sent = demo["messaging.message"].filter(pl.col("channel") != "email")
    fates = demo["truth.number_state"].filter(pl.col("phone_column") == "mobile")
    return (
        sent.with_columns(contact_id=pl.format("crm:{}", "customer_id"))
        .join(mobiles.select(RECOVERABLE), on="contact_id")
        .join(fates.drop("phone_column"), on=RECOVERABLE, how="left")
    )


def test_nobody_gets_messages_while_a_number_has_no_holder_and_strangers_do_later(
    demo: dict[str, pl.DataFrame],
) -> None:
    messages = _messages(demo)
    is_after = pl.col("sent_at") >= pl.col("disconnected_at")
    is_moved = (pl.col("sent_at") >= pl.col("reassigned_at")).fill_null(False)
    dead, moved = messages.filter(is_after, ~is_moved), messages.filter(is_moved)
    assert len(dead) > 20
    assert set(dead["delivery_status"]) == {"failed"}
    assert set(dead["direction"]) == set(moved["direction"]) == {"outbound"}
    assert (dead["failure_reason"] == "Unknown subscriber").mean() > 0.6
    assert (moved["delivery_status"] != "failed").mean() > 0.8
    others = messages.filter(pl.col("disconnected_at").is_null())
    assert 0.005 < (others["delivery_status"] == "failed").mean() < 0.1
    assert (
        demo["messaging.message"]["failure_reason"].is_not_null()
        == (demo["messaging.message"]["delivery_status"] == "failed")
    ).all()


def test_a_number_rests_before_another_gets_it(demo: dict[str, pl.DataFrame]) -> None:
    truth = demo["truth.number_state"]
    assert 0.02 < len(truth) / len(demo["truth.phone_cell"]) < 0.08
    rest = (truth["reassigned_at"] - truth["disconnected_at"]).drop_nulls().dt.total_days()
    assert len(rest) > 5
    assert rest.is_between(45, 150).all()


def test_the_list_holds_numbers_that_were_given_up_and_some_of_holders_before(demo: dict[str, pl.DataFrame]) -> None:
    listed, truth = demo["telephony.number_status"], demo["truth.number_state"].unique("phone_e164")
    told = listed.join(truth, left_on="phone_number", right_on="phone_e164", how="left")
    known = told.filter(pl.col("disconnected_at").is_not_null())
    assert 0.3 < len(known) / len(truth) < 0.7
    assert (known["status_at"] == known.select(pl.coalesce("reassigned_at", "disconnected_at")).to_series()).all()
    assert ((known["status"] == "reassigned") == known["reassigned_at"].is_not_null()).all()
    assert len(told) > len(known)
