"""What customers owned at both ends of each closed month: closing = opening + what came + what went."""

from __future__ import annotations

import pytest

from builders import STAFF, a_wallet, an_instruction, an_iso_currency, money
from tael.assurance.wallet_proofs import WALLET_PROOFS
from tael.ledger import MAIN
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.period import Month, close_month
from tael.wallet.period_list import period, periods
from tael.wallet.period_totals import add_up_closed_months
from tael.wallet.recharge import recharge
from tael.wallet.transfer import transfer

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("B-28", "B-29")]

FIRST, SECOND, THIRD = (Month(2026, number) for number in (3, 4, 5))


@pytest.fixture
def wallet(db):
    """30.00 in March, 5.00 taken in April, nothing in May; what moves between wallets does not count."""
    wallet = a_wallet(free="30.00")
    other = a_wallet()
    april = SECOND.begins
    transfer(
        source=wallet, target=other, amount=money("3.00"), instruction=an_instruction(at=april)
    )
    freeze(wallet=wallet, amount=money("2.00"), instruction=an_instruction(at=april))
    deduct(wallet=wallet, amount=money("5.00"), instruction=an_instruction(at=SECOND.last_moment))
    recharge(
        wallet=wallet, amount=money("9.00"), instruction=an_instruction(at=Month(2026, 6).begins)
    )
    return wallet


def close(month: Month) -> None:
    close_month(month=month, actor=STAFF, at=Month(2026, 7).begins)


def told(month: Month) -> list[tuple[str, ...]] | None:
    found = period(month, at=Month(2026, 7).begins)
    return found.totals and [tuple(each.text for each in row) for row in found.totals]


def test_all_months_up_to_the_closed_one_are_added_up_once(wallet):
    close(THIRD)
    assert told(FIRST) is None

    assert add_up_closed_months() == 3
    assert add_up_closed_months() == 0

    cny = [next(row for row in told(month) if row[0] or row[3]) for month in (FIRST, SECOND, THIRD)]
    assert cny == [
        ("0.00", "30.00", "0.00", "30.00"),
        ("30.00", "0.00", "-5.00", "25.00"),
        ("25.00", "0.00", "0.00", "25.00"),
    ]
    assert told(Month(2026, 6)) is None


def test_months_closed_one_after_the_other_go_on_from_the_closing_before(wallet):
    an_iso_currency("USD")
    for month in (FIRST, SECOND):
        close(month)
        assert add_up_closed_months() == 1

    assert ("30.00", "0.00", "-5.00", "25.00") in told(SECOND)
    assert ("0.00", "0.00", "0.00", "0.00") in told(SECOND)


def test_the_doctor_adds_them_up_again(wallet, owner):
    (proof,) = [one for one in WALLET_PROOFS if "a closed month" in one.title]
    for month in (SECOND, THIRD):  # March and April are compared together
        close(month)
        add_up_closed_months()
    found = {"sound": proof.run(owner, MAIN).violations}
    for column in ("came", "opening"):
        owner.execute(
            f"UPDATE books_period_total SET {column} = {column} + 1, closing = closing + 1"
            " WHERE month = '2026-04-01' AND currency = 'CNY'"
        )
        found[column] = proof.run(owner, MAIN).violations
        owner.rollback()

    assert {name: bool(violations) for name, violations in found.items()} == {
        "sound": False,
        "came": True,
        "opening": True,
    }


def test_the_list_goes_from_the_present_month_to_the_first_page_by_page(wallet):
    close(SECOND)
    at = Month(2026, 6).begins

    found = periods(at=at)
    page = periods(at=at, limit=2)
    rest = periods(at=at, limit=2, before=page[-1].month)

    assert [(str(each.month), each.state) for each in found] == [
        ("2026-06", "running"),
        ("2026-05", "open"),
        ("2026-04", "closed"),
        ("2026-03", "closed"),
    ]
    assert page + rest == found
    assert found[-1].closed.by == STAFF


def test_books_without_entries_have_the_present_month_only():
    at = Month(2026, 6).begins

    assert [str(each.month) for each in periods(at=at)] == ["2026-06"]
    assert add_up_closed_months() == 0
