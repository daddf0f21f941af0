"""Money is exact: what `extract` converts is what exact fractions give, to the last ten-thousandth."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from phoneseg.extract.money import convert_amounts, list_rates

AMOUNTS = st.decimals(min_value=-(10**10), max_value=10**10, places=8) | st.decimals(
    min_value=-(10**6), max_value=10**6, places=2
)
RATES = st.builds(
    lambda digits, exponent: float(f"{digits}e{exponent}"), st.integers(1, 10**12 - 1), st.integers(-9, 0)
)


def worth_of(rate: float, size: int) -> pl.Series:
    return list_rates({"USD": rate}).get_column("worth").new_from_index(0, size)


@given(AMOUNTS, RATES)
@example(Decimal("0.00005"), 1.0)
@example(Decimal("0.00015"), 1.0)
@example(Decimal("-0.00005"), 1.0)
@example(Decimal("-0.00015"), 1.0)
@example(Decimal("0.01"), 0.005)
@example(Decimal("9999999999.99999999"), 1e-9)
def test_an_amount_times_its_rate_is_the_exact_product_rounded_once(amount: Decimal, rate: float) -> None:
    exact = Fraction(amount) * Fraction(Decimal(repr(rate))) * 10_000
    expected = round(exact)  # half to even
    is_in_64_bits = -(2**63) <= expected < 2**63
    (converted,) = convert_amounts(pl.Series([str(amount)]), worth_of(rate, 1))
    assert converted == (expected if is_in_64_bits else None)


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=2), RATES)
def test_an_amount_is_the_same_money_whatever_type_its_column_has(amount: Decimal, rate: float) -> None:
    columns = [
        pl.Series([str(amount)]),
        pl.Series([amount], dtype=pl.Decimal(12, 2)),
        pl.Series([amount], dtype=pl.Decimal(38, 10)),
        pl.Series([float(amount)]),
    ]
    assert len({convert_amounts(column, worth_of(rate, 1))[0] for column in columns}) == 1


@given(st.decimals(min_value=0, max_value=1000, places=12))
def test_an_amount_counts_to_its_eighth_decimal(amount: Decimal) -> None:
    (converted,) = convert_amounts(pl.Series([str(amount)]), worth_of(10_000.0, 1))
    assert converted == int(amount.quantize(Decimal("1e-8"), ROUND_HALF_EVEN) * 10**8)


@given(st.lists(st.tuples(AMOUNTS, RATES), min_size=2, max_size=20))
def test_a_row_is_worth_the_same_whatever_stands_beside_it(rows: list[tuple[Decimal, float]]) -> None:
    worth = pl.concat([worth_of(rate, 1) for _, rate in rows])
    together = convert_amounts(pl.Series([str(amount) for amount, _ in rows]), worth)
    alone = [convert_amounts(pl.Series([str(amount)]), worth_of(rate, 1))[0] for amount, rate in rows]
    assert together.to_list() == alone
