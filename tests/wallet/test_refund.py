from __future__ import annotations

import sys

import pytest

from builders import (
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
    withdrawable,
)
from tael import ledger
from tael.ledger.lock import lock
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.figures import figures_now
from tael.wallet.flow import flow_record
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge
from tael.wallet.refund import NotReversible, RefundWhole, refund
from tael.wallet.transfer import transfer
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-08", "F-27")
def test_a_refund_restores_the_same_parts():
    wallet = a_wallet(free="50.00", locked="100.00")
    spent = deduct(wallet=wallet, amount=money("120.00"), instruction=an_instruction())

    refund(entry_id=spent.entry_id, instruction=an_instruction())

    assert figures(wallet) == ("150.00", "100.00", "0.00")


@pytest.mark.rule("F-08")
def test_an_exchange_into_money_to_be_spent_only_is_taken_back_as_free_money():
    """It was free before; the doctor, who looks for laundering after each test, must see that."""
    a_rate("CNY/POINT", "10")
    owner = a_customer()
    yuan, points = a_wallet(owner=owner, free="50.00"), a_wallet(owner=owner, currency="POINT")
    bought = exchange(
        source=yuan,
        target=points,
        amount=money("20.00"),
        instruction=an_instruction(),
        spend_only=True,
    )

    refund(entry_id=bought.entry_id, instruction=an_instruction())

    assert (figures(yuan), figures(points)) == (("50.00", "0.00", "0.00"), ("0", "0", "0"))


@pytest.mark.rule("F-38")
def test_an_exchange_whose_proceeds_are_spent_is_not_taken_back_and_says_what_is_there():
    a_rate("CNY/USD", "0.14")
    owner = a_customer()
    yuan = a_wallet(owner=owner, free="50.00")
    dollars = a_wallet(owner=owner, currency="USD", locked="1.00")
    bought = exchange(
        source=yuan, target=dollars, amount=money("50.00"), instruction=an_instruction()
    )
    deduct(wallet=dollars, amount=money("2.00", "USD"), instruction=an_instruction())
    recharge(
        wallet=dollars,
        amount=money("9.00", "USD"),
        spend_only=True,
        instruction=an_instruction(channel="System"),
    )

    with pytest.raises(LockedFunds) as refused:
        refund(entry_id=bought.entry_id, instruction=an_instruction())

    assert refused.value.there == "withdrawable 6.00 USD, locked 9.00 USD, frozen 0.00 USD"
    assert figures(yuan)[0] == "0.00"


@pytest.mark.rule("F-09")
def test_a_refund_of_the_rest_is_short_of_the_rest_and_not_of_the_whole():
    wallet = a_wallet(locked="30.00")
    paid_in = recharge(wallet=wallet, amount=money("200.00"), instruction=an_instruction())
    transfer(source=wallet, target=a_wallet(), amount=money("25.00"), instruction=an_instruction())
    refund(entry_id=paid_in.entry_id, amount=money("175.00"), instruction=an_instruction())

    with pytest.raises(LockedFunds) as refused:
        refund(entry_id=paid_in.entry_id, instruction=an_instruction())

    assert refused.value.allowed == "at most 0.00 CNY"


@pytest.mark.rule("F-08", "F-27")
def test_a_partial_refund_gives_back_first_what_was_drawn_last():
    wallet = a_wallet(free="50.00", locked="100.00")
    spent = deduct(wallet=wallet, amount=money("120.00"), instruction=an_instruction())

    first = refund(entry_id=spent.entry_id, amount=money("15.00"), instruction=an_instruction())
    assert (figures(wallet), first.amount) == (("45.00", "0.00", "0.00"), money("15.00"))
    refund(entry_id=spent.entry_id, amount=money("15.00"), instruction=an_instruction())

    assert figures(wallet) == ("60.00", "10.00", "0.00")
    assert withdrawable(wallet) == "50.00"


@pytest.mark.rule("F-38")
def test_never_more_goes_back_than_was_taken():
    wallet = a_wallet(free="50.00")
    spent = deduct(wallet=wallet, amount=money("20.00"), instruction=an_instruction())
    refund(entry_id=spent.entry_id, amount=money("15.00"), instruction=an_instruction())

    with pytest.raises(ledger.OverReversed, match=r"5\.00 CNY is left") as beyond:
        refund(entry_id=spent.entry_id, amount=money("5.01"), instruction=an_instruction())
    assert beyond.value.allowed == "at most 5.00 CNY"
    refund(entry_id=spent.entry_id, instruction=an_instruction())
    with pytest.raises(ledger.AlreadyReversed):
        refund(entry_id=spent.entry_id, instruction=an_instruction())

    assert figures(wallet) == ("50.00", "0.00", "0.00")


def test_a_storm_of_refunds_gives_back_once():  # T5
    wallet = a_wallet(free="50.00")
    spent = deduct(wallet=wallet, amount=money("20.00"), instruction=an_instruction())

    answers = in_parallel(
        *(
            lambda key=key: refund(entry_id=spent.entry_id, instruction=an_instruction(f"r{key}"))
            for key in range(10)
        )
    )

    codes = [getattr(answer, "code", "done") for answer in answers]
    assert (codes.count("done"), codes.count("already_reversed")) == (1, 9)
    assert figures(wallet) == ("50.00", "0.00", "0.00")


def test_a_recharge_whose_money_is_spent_is_not_taken_back_and_says_what_is_there():
    wallet = a_wallet()
    came = recharge(wallet=wallet, amount=money("10.00"), instruction=an_instruction())
    deduct(wallet=wallet, amount=money("4.00"), instruction=an_instruction())

    with pytest.raises(InsufficientFunds) as refused:
        refund(entry_id=came.entry_id, instruction=an_instruction())
    refund(entry_id=came.entry_id, amount=money("6.00"), instruction=an_instruction())

    assert refused.value.there == "withdrawable 6.00 CNY, locked 0.00 CNY, frozen 0.00 CNY"
    assert figures(wallet) == ("0.00", "0.00", "0.00")


def test_a_gift_is_taken_back_out_of_locked_money_only():
    wallet = a_wallet(free="10.00")
    gift = recharge(
        wallet=wallet, amount=money("5.00"), spend_only=True, instruction=an_instruction()
    )
    deduct(wallet=wallet, amount=money("3.00"), instruction=an_instruction())

    with pytest.raises(InsufficientFunds):
        refund(entry_id=gift.entry_id, instruction=an_instruction())

    assert figures(wallet) == ("12.00", "2.00", "0.00")


def test_transfers_and_exchanges_are_taken_back_by_the_same_means():
    a_rate("CNY/USD", "0.14")
    owner = a_customer()
    yuan, dollars, other = (
        a_wallet(owner=owner, free="10.00"),
        a_wallet(owner=owner, currency="USD"),
        a_wallet(),
    )
    sent = transfer(source=yuan, target=other, amount=money("4.00"), instruction=an_instruction())
    bought = exchange(
        source=yuan, target=dollars, amount=money("5.00"), instruction=an_instruction()
    )

    with pytest.raises(RefundWhole):
        refund(entry_id=bought.entry_id, amount=money("1.00"), instruction=an_instruction())
    for receipt in (sent, bought):
        refund(entry_id=receipt.entry_id, instruction=an_instruction())

    assert figures(yuan)[0] == "10.00"
    assert figures(dollars)[0] == figures(other)[0] == "0.00"


@pytest.mark.rule("F-33")
def test_what_came_out_of_frozen_is_liquid_when_it_comes_back():
    wallet = a_wallet(free="10.00")
    payee = a_payee(wallet.owner)
    for _ in range(2):
        freeze(wallet=wallet, amount=money("3.00"), instruction=an_instruction())
    paid = withdraw(
        wallet=wallet,
        amount=money("4.00"),
        payee=payee,
        source="frozen",
        instruction=an_instruction(),
    )

    receipt = refund(entry_id=paid.entry_id, instruction=an_instruction("k"))
    again = refund(entry_id=paid.entry_id, instruction=an_instruction("k"))

    assert figures(wallet) == ("8.00", "0.00", "2.00")
    assert (again.entry_id, again.replayed) == (receipt.entry_id, True)
    for told in (receipt, again):
        assert told.wallets == figures_now([wallet])


def test_all_that_a_refund_moves_is_locked_at_once(
    monkeypatch,
):  # M1: locked bit by bit, it deadlocks
    wallet = a_wallet(free="10.00")
    freeze(wallet=wallet, amount=money("3.00"), instruction=an_instruction())
    spent = deduct(
        wallet=wallet, amount=money("2.00"), source="frozen", instruction=an_instruction()
    )
    locked: list[set[int]] = []

    def noted(connection, ids, keys, *, book):
        locked.append(set(ids))
        return lock(connection, locked[-1], keys, book=book)

    for module in ("reverse", "post"):
        monkeypatch.setattr(sys.modules[f"tael.ledger.{module}"], "lock", noted)
    refund(entry_id=spent.entry_id, instruction=an_instruction())

    assert len(locked) == 3
    assert all(later <= locked[0] for later in locked)


@pytest.mark.rule("F-38")
def test_what_is_no_operation_of_the_wallet_cannot_be_refunded():
    wallet, other = a_wallet(free="10.00"), a_wallet()
    frozen = freeze(wallet=wallet, amount=money("3.00"), instruction=an_instruction())
    spent = deduct(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    back = refund(entry_id=spent.entry_id, instruction=an_instruction())

    for entry in (frozen.entry_id, back.entry_id):
        with pytest.raises(NotReversible):
            refund(entry_id=entry, instruction=an_instruction())
    for entry, whose in ((10**6, None), (spent.entry_id, other), (10**30, None)):
        with pytest.raises(ledger.UnknownEntry):
            refund(entry_id=entry, wallet=whose, instruction=an_instruction())


@pytest.mark.rule("F-22")
def test_a_refund_is_a_record_of_the_operation_it_takes_back():
    wallet = a_wallet(free="10.00")
    spent = deduct(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    back = refund(entry_id=spent.entry_id, instruction=an_instruction(info="returned"))

    record = flow_record(back.entry_id)

    assert (record.operation.word, record.reverses) == ("deduct", spent.entry_id)
    assert (record.into, record.amount, record.info) == (wallet, money("1.00"), "returned")
