from __future__ import annotations

import pytest

from builders import AT, a_customer, a_wallet, an_instruction, figures, in_parallel, money
from tael.money import CurrencyMismatch
from tael.parties.customer import CustomerDisabled, UnknownCustomer, disable
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.models import WalletRow
from tael.wallet.transfer import SameWallet, transfer, transfer_to_customer
from tael.wallet.wallet import find_wallet

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-28", "F-39")
def test_a_transfer_moves_money_between_wallets():  # X-F15
    payer, receiver = a_wallet(free="2.00"), a_wallet()

    receipt = transfer(
        source=payer, target=receiver, amount=money("2.00"), instruction=an_instruction()
    )

    assert (figures(payer)[0], figures(receiver)[0]) == ("0.00", "2.00")
    assert list(receipt.wallets) == [payer.number, receiver.number]


@pytest.mark.rule("F-28", "F-38")
def test_a_transfer_of_more_than_there_is_changes_nothing():  # X-F15
    payer, receiver = a_wallet(free="1.99"), a_wallet()

    with pytest.raises(InsufficientFunds):
        transfer(source=payer, target=receiver, amount=money("2.00"), instruction=an_instruction())

    assert (figures(payer)[0], figures(receiver)[0]) == ("1.99", "0.00")


@pytest.mark.rule("F-29", "F-08", "F-09")
def test_locked_money_is_not_transferred_and_the_refusal_says_so():
    payer, receiver = a_wallet(free="1.99", locked="100.00"), a_wallet()

    with pytest.raises(LockedFunds) as refused:
        transfer(source=payer, target=receiver, amount=money("2.00"), instruction=an_instruction())
    transfer(source=payer, target=receiver, amount=money("1.99"), instruction=an_instruction())

    assert refused.value.code == "locked_funds"
    assert refused.value.there == "withdrawable 1.99 CNY, locked 100.00 CNY, frozen 0.00 CNY"
    assert figures(payer) == ("100.00", "100.00", "0.00")


@pytest.mark.rule("F-28")
def test_without_a_wallet_it_goes_to_the_receivers_default_one_which_is_opened():
    payer, receiver = a_wallet(free="2.00"), a_customer()

    transfer_to_customer(
        source=payer, to=receiver, amount=money("1.00"), instruction=an_instruction()
    )
    transfer_to_customer(
        source=payer, to=receiver, amount=money("1.00"), instruction=an_instruction()
    )

    assert figures(find_wallet(receiver, "CNY")) == ("2.00", "0.00", "0.00")


@pytest.mark.rule("F-28", "F-38")
def test_a_refused_transfer_opens_no_wallet():
    payer = a_wallet(free="1.00")
    asked = {"source": payer, "amount": money("2.00")}

    with pytest.raises(UnknownCustomer) as refused:
        transfer_to_customer(**asked, to=99999, instruction=an_instruction())
    with pytest.raises(InsufficientFunds):
        transfer_to_customer(**asked, to=a_customer(), instruction=an_instruction())

    assert refused.value.field == "to"
    assert WalletRow.objects.count() == 1


@pytest.mark.rule("F-28")
def test_the_same_wallet_and_another_currency_are_refused():  # A-F24
    payer = a_wallet(free="1.00")
    dollars = a_wallet(owner=payer.owner, currency="USD")

    with pytest.raises(SameWallet):
        transfer(source=payer, target=payer, amount=money("1.00"), instruction=an_instruction())
    with pytest.raises(CurrencyMismatch) as refused:
        transfer(source=payer, target=dollars, amount=money("1.00"), instruction=an_instruction())

    assert refused.value.field == "target"


@pytest.mark.rule("F-38")
def test_a_receiver_who_was_stopped_gets_nothing():
    payer, receiver = a_wallet(free="1.00"), a_wallet()
    disable(number=receiver.owner, reason="court order", actor="user:10000", at=AT)

    with pytest.raises(CustomerDisabled) as refused:
        transfer(source=payer, target=receiver, amount=money("1.00"), instruction=an_instruction())

    assert refused.value.field == "to"


@pytest.mark.rule("F-28")
def test_transfers_to_and_fro_at_once_keep_the_total():
    left, right = a_wallet(free="10.00"), a_wallet(free="10.00")
    amount = money("1.00")

    in_parallel(
        *(
            lambda key=key, pair=pair: transfer(
                source=pair[0],
                target=pair[1],
                amount=amount,
                instruction=an_instruction(f"to-and-fro-{key}"),
            )
            for key, pair in enumerate([(left, right), (right, left)] * 12)
        )
    )

    assert figures(left)[0] == figures(right)[0] == "10.00"
