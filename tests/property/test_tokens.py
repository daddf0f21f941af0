"""One key makes one token of one number; another key, or another number, makes another."""

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from phoneseg.privacy import TokenKey, add_tokens

numbers = st.builds("+{}".format, st.integers(10**9, 10**15 - 1))
keys = st.binary(min_size=16, max_size=64).map(TokenKey)


def _tokens(values: list[str], key: TokenKey) -> pl.DataFrame:
    return add_tokens(pl.DataFrame({"phone_e164": values}, {"phone_e164": pl.String}), key)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(numbers, max_size=6).flatmap(lambda few: st.lists(st.sampled_from(few or ["+1650253000"]), max_size=20)),
    keys,
)
def test_equal_numbers_have_equal_tokens_and_others_have_others(values: list[str], key: TokenKey) -> None:
    result = _tokens(values, key)
    assert result["phone_e164"].to_list() == values
    assert result["phone_token"].to_list() == [key.token(value) for value in values]
    assert result["phone_token"].n_unique() == len(set(values))
    assert result["phone_token"].str.contains(r"^[0-9a-f]{32}$").all()


@settings(deadline=None, max_examples=100)
@given(st.lists(numbers, min_size=1, max_size=8, unique=True), keys, keys)
def test_different_keys_make_different_tokens_and_ids(values: list[str], key: TokenKey, other: TokenKey) -> None:
    assume(key != other)
    assume(key.secret.rstrip(b"\0") != other.secret.rstrip(b"\0"))  # HMAC pads keys with zero bytes
    ours, theirs = _tokens(values, key), _tokens(values, other)
    assert not set(ours["phone_token"]) & set(theirs["phone_token"])
    assert not set(ours["token_key_id"]) & set(theirs["token_key_id"])


@settings(deadline=None, max_examples=100)
@given(st.lists(numbers, min_size=1, max_size=8), keys)
def test_a_token_shows_nothing_of_its_number_or_key(values: list[str], key: TokenKey) -> None:
    result = _tokens(values, key)
    for number, token in result.select("phone_e164", "phone_token").iter_rows():
        assert number.removeprefix("+") not in token
    assert key.secret.hex() not in "".join([*result["phone_token"], key.key_id])
