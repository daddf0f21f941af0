"""Amounts of money, exactly: what a source writes, in whole ten-thousandths of one currency."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from phoneseg.contracts import AMOUNT_SCALE

_DECIMALS: Final = 8
_AMOUNT: Final = pl.Decimal(38, _DECIMALS)
# 23 digits of an amount times the 12 of a rate leave room in 128 bits.
_GREATEST: Final = 10**15 * 10**_DECIMALS


def convert_amounts(amounts: pl.Series, worth: pl.Series) -> pl.Series:
    """Return amounts in whole ten-thousandths, half to even.

    Everything is computed in whole numbers of 128 bits, so that the result is the exact product, rounded once. The
    amount itself counts to its eighth decimal, a float as its shortest decimal writing: 0.1 is a tenth.

    Args:
        amounts: Numbers of any type, or texts of them.
        worth: Worth of one unit of each row's currency, as a row of `list_rates`; null where nobody knows it.

    Returns:
        Int64; null for what is no number, for an amount whose currency's worth is null, and for one that has no place
        in 64 bits.
    """
    written = amounts.cast(pl.String) if amounts.dtype.is_float() else amounts
    units = written.cast(_AMOUNT, strict=False).to_physical().alias("units")
    money = pl.DataFrame([units, worth.struct.field("rate"), worth.struct.field("divisor")])
    in_range = pl.when(pl.col("units").abs() <= _GREATEST).then("units")
    product, divisor = in_range * pl.col("rate"), pl.col("divisor")
    # The floor and what is left over: never negative.
    whole = product // divisor
    twice_left = 2 * (product - whole * divisor)
    is_up = (twice_left > divisor) | ((twice_left == divisor) & (whole % 2 != 0))
    return money.select(amount_e4=(whole + is_up.cast(pl.Int128)).cast(pl.Int64, strict=False)).to_series()


def list_rates(rates: Mapping[str, float]) -> pl.DataFrame:
    """Return rates as fractions of whole numbers.

    Args:
        rates: Worth of one unit by currency.

    Returns:
        `currency`, and `worth`: a struct of `rate` and `divisor`, so that an amount in units of its eighth decimal
        times the rate and by the divisor is in ten-thousandths.
    """
    exact = [Decimal(repr(rate)).normalize().as_tuple() for rate in rates.values()]
    exponents = [int(each.exponent) for each in exact]
    digits = [int("".join(map(str, each.digits))) for each in exact]
    scale = 10**_DECIMALS // AMOUNT_SCALE
    fractions = pl.DataFrame(
        {
            "rate": [digit * 10 ** max(exponent, 0) for digit, exponent in zip(digits, exponents, strict=True)],
            "divisor": [scale * 10 ** max(-exponent, 0) for exponent in exponents],
        },
        schema={"rate": pl.Int128, "divisor": pl.Int128},
    )
    return pl.DataFrame({"currency": list(rates)}, schema={"currency": pl.String}).with_columns(
        worth=fractions.to_struct()
    )
