"""Names in the languages of hledger and beancount."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tael.assurance.account_names import ROOTS, beancount_account, hledger_account

CODE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.text("aA1:-%X 微", min_size=1, max_size=8),
)
CLASS = st.sampled_from(sorted(ROOTS))
BEANCOUNT = re.compile(r"(Assets|Liabilities|Equity)(:[A-Z0-9][A-Za-z0-9-]*)+")


@given(CLASS, CODE)
def test_beancounts_names_are_legal(class_: str, code: str) -> None:
    assert BEANCOUNT.fullmatch(beancount_account(class_, code))


@given(CLASS, CODE)
def test_hledgers_names_have_nothing_that_ends_a_name(class_: str, code: str) -> None:
    name = hledger_account(class_, code)

    assert re.fullmatch(r"[\w.:%-]+", name), name
    assert "::" not in name
    assert not name.endswith(":")


@given(CLASS, CODE, CODE)
def test_two_codes_never_share_a_name(class_: str, one: str, other: str) -> None:
    if one != other:
        assert hledger_account(class_, one) != hledger_account(class_, other)
    if one.lower() != other.lower():  # else the newer one carries its number
        assert beancount_account(class_, one) != beancount_account(class_, other)
        assert beancount_account(class_, one, apart=7) != beancount_account(class_, other)
