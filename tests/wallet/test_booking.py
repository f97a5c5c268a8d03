"""A refusal of the ledger, said in the figures of the wallet that cannot give."""

from __future__ import annotations

import pytest

from builders import AT, a_wallet, an_instruction, money
from tael import ledger
from tael.wallet.booking import (
    InsufficientFunds,
    LockedFunds,
    already_done,
    book,
    entry_for,
    shortage,
)
from tael.wallet.operation import Operation
from tael.wallet.recharge import RECHARGE, recharge

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-08", "F-09", "F-38")
def test_a_shortage_names_the_figures_and_what_would_have_been_possible():
    wallet = a_wallet(free="5.00", locked="3.00")
    seven, nine = money("7.00"), money("9.00")

    locked = shortage(wallet, seven, account=wallet.free, available=money("5.00"))
    short = shortage(wallet, nine, account=wallet.free, available=money("5.00"))
    frozen = shortage(wallet, nine, account=wallet.frozen, available=money("0"))

    assert (type(locked), type(short), type(frozen)) == (
        LockedFunds,
        InsufficientFunds,
        InsufficientFunds,
    )
    assert (locked.allowed, frozen.allowed) == ("at most 5.00 CNY", "at most 0.00 CNY")
    assert locked.there == short.there == "withdrawable 5.00 CNY, locked 3.00 CNY, frozen 0.00 CNY"
    assert (locked.code, short.code) == ("locked_funds", "insufficient_funds")
    assert isinstance(short, ledger.InsufficientFunds)


@pytest.mark.rule("F-22")
def test_an_entry_carries_what_was_instructed():
    wallet = a_wallet()
    told = an_instruction(
        "k", sno="12026030112000010012", pno="P", code="C", info="i", channel="Alipay"
    )

    entry = entry_for(
        kind=RECHARGE,
        operation=Operation.RECHARGE,
        legs=(ledger.Leg(wallet.free, 1), ledger.Leg(wallet.locked, -1)),
        instruction=told,
    )

    assert (entry.sno, entry.pno, entry.code, entry.info, entry.channel, entry.effective_at) == (
        "12026030112000010012",
        "P",
        "C",
        "i",
        "Alipay",
        AT,
    )
    assert (entry.key, entry.aliases) == tuple(told.entry_keys(operation=1))


def test_a_refusal_about_an_account_that_is_no_wallets_is_passed_on_as_it_is():
    wallet, other = a_wallet(), a_wallet()
    entry = entry_for(
        kind=RECHARGE,
        operation=Operation.RECHARGE,
        legs=(ledger.Leg(other.free, -1), ledger.Leg(wallet.free, 1)),
        instruction=an_instruction(),
    )

    with pytest.raises(ledger.InsufficientFunds) as refused:
        book(entry, wallet)

    assert not isinstance(refused.value, InsufficientFunds)


def test_what_has_been_done_is_known_by_key_and_by_serial_number():
    wallet = a_wallet()
    sno = f"120260301120000{wallet.owner}"
    recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction("k", sno=sno))

    assert already_done(an_instruction("k"))
    assert already_done(an_instruction("other", sno=sno))
    assert not already_done(an_instruction("other"))
