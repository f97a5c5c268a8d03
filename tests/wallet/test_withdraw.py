from __future__ import annotations

import pytest

from builders import AT, a_customer, a_payee, a_wallet, an_instruction, figures, in_parallel, money
from tael import books, ledger
from tael.channels.house import channel_account
from tael.parties.payee import PayeeClosed, UnknownPayee, close_payee
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.flow import flow_record
from tael.wallet.freeze import freeze
from tael.wallet.hold import HoldExceeded, HoldReserved, hold_of
from tael.wallet.withdraw import withdraw

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-08", "F-09", "F-32", "F-39")
def test_all_but_the_locked_part_can_be_withdrawn():  # X-F7
    wallet = a_wallet(free="900.00", locked="100.00")
    payee = a_payee(wallet.owner)

    with pytest.raises(LockedFunds) as refused:
        withdraw(wallet=wallet, amount=money("900.01"), payee=payee, instruction=an_instruction())
    withdraw(wallet=wallet, amount=money("900.00"), payee=payee, instruction=an_instruction())

    assert refused.value.allowed == "at most 900.00 CNY"
    assert figures(wallet) == ("100.00", "100.00", "0.00")


@pytest.mark.rule("F-32", "F-22")
def test_a_direct_withdrawal_leaves_over_the_channel_and_names_the_payee():
    wallet = a_wallet(free="1.00")
    payee = a_payee(wallet.owner)

    receipt = withdraw(
        wallet=wallet,
        amount=money("1.00"),
        payee=payee,
        instruction=an_instruction(channel="WeChat", code="AdminWithdraw"),
    )

    record = flow_record(receipt.entry_id)
    assert ledger.balance(books.connection(), channel_account("WeChat", "CNY")) == 100
    assert (record.payee, record.code, record.operation.word) == (
        payee,
        "AdminWithdraw",
        "withdraw",
    )


@pytest.mark.rule("F-33", "F-39")
def test_withdrawing_from_frozen_leaves_the_liquid_money_alone():  # X-F13
    wallet = a_wallet(free="3.00")
    payee = a_payee(wallet.owner)
    hold = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold

    receipt = withdraw(
        wallet=wallet,
        amount=money("1.00"),
        payee=payee,
        source="frozen",
        instruction=an_instruction(),
    )

    assert figures(wallet) == ("2.00", "0.00", "0.00")
    assert receipt.hold == hold
    assert flow_record(receipt.entry_id).source == "frozen"


@pytest.mark.rule("F-33", "F-38")
def test_a_hold_gives_no_more_than_its_rest():
    wallet = a_wallet(free="3.00")
    payee = a_payee(wallet.owner)
    hold = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold
    freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    with pytest.raises(HoldExceeded):
        withdraw(
            wallet=wallet,
            amount=money("1.01"),
            payee=payee,
            hold=hold,
            instruction=an_instruction(),
        )
    with pytest.raises(InsufficientFunds):
        withdraw(
            wallet=wallet,
            amount=money("2.01"),
            payee=payee,
            source="frozen",
            instruction=an_instruction(),
        )

    assert figures(wallet) == ("1.00", "0.00", "2.00")


def test_a_reserved_hold_is_left_alone():
    wallet = a_wallet(free="3.00")
    payee = a_payee(wallet.owner)
    hold = freeze(
        wallet=wallet, amount=money("1.00"), purpose="fine", instruction=an_instruction()
    ).hold
    asked = {"wallet": wallet, "amount": money("1.00"), "payee": payee}

    with pytest.raises(HoldReserved):
        withdraw(**asked, hold=hold, instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        withdraw(**asked, source="frozen", instruction=an_instruction())

    assert hold_of(wallet, hold).rest == 100


@pytest.mark.rule("F-32", "F-38")
def test_a_foreign_or_closed_payee_account_is_refused():
    wallet = a_wallet(free="1.00")
    foreign, closed = a_payee(a_customer()), a_payee(wallet.owner)
    close_payee(number=closed, customer=wallet.owner, actor="user:10000", at=AT)

    for payee, refusal in ((foreign, UnknownPayee), (10**20, UnknownPayee), (closed, PayeeClosed)):
        with pytest.raises(refusal):
            withdraw(wallet=wallet, amount=money("1.00"), payee=payee, instruction=an_instruction())


@pytest.mark.rule("F-33")
def test_one_hold_is_never_paid_out_twice_however_many_try():
    wallet = a_wallet(free="5.00")
    payee = a_payee(wallet.owner)
    hold = freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold
    amount = money("1.00")

    answers = in_parallel(
        *(
            lambda key=key: withdraw(
                wallet=wallet,
                amount=amount,
                payee=payee,
                hold=hold,
                instruction=an_instruction(f"w{key}"),
            )
            for key in range(12)
        )
    )

    codes = [getattr(answer, "code", "paid") for answer in answers]
    assert (codes.count("paid"), codes.count("hold_closed")) == (1, 11)
    assert figures(wallet) == ("4.00", "0.00", "0.00")
