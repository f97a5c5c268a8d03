from __future__ import annotations

import pytest

from builders import (
    a_customer,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
    queries,
    withdrawable,
)
from tael import books, ledger
from tael.channels.channel import (
    ChannelCurrencyRefused,
    ChannelDisabled,
    UnknownChannel,
    change_channel,
    disable_channel,
)
from tael.channels.currency import disable_currency
from tael.channels.house import channel_account, house_account
from tael.money import AmountNotPositive, AmountTooLarge, CurrencyMismatch, Money
from tael.parties.customer import CustomerDisabled, UnknownCustomer, disable
from tael.wallet.models import WalletRow
from tael.wallet.recharge import recharge, recharge_customer
from tael.wallet.wallet import WalletDisabled, disable_wallet, find_wallet

pytestmark = pytest.mark.usefixtures("db")

WHO = {"actor": "user:10000", "at": an_instruction().at}


@pytest.mark.rule("F-01", "F-06", "F-23", "F-39")
def test_a_recharge_is_liquid_at_once_and_may_leave():
    wallet = a_wallet()

    receipt = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    assert figures(wallet) == ("1.00", "0.00", "0.00")
    assert withdrawable(wallet) == "1.00"
    assert receipt.wallets[wallet.number].liquid == money("1.00")


@pytest.mark.rule("F-23", "F-10")
def test_the_first_recharge_opens_the_wallet_and_names_it():
    customer = a_customer()

    receipt = recharge_customer(owner=customer, amount=money("1.00"), instruction=an_instruction())

    (number,) = receipt.wallets
    assert number == 100001
    assert receipt.wallets[number].withdrawable == money("1.00")


@pytest.mark.rule("F-23")
def test_a_second_recharge_uses_the_wallet_that_is_there():
    customer = a_customer()
    for key in ("a", "b"):
        recharge_customer(owner=customer, amount=money("1.00"), instruction=an_instruction(key))

    assert WalletRow.objects.count() == 1
    assert figures(find_wallet(customer, "CNY")) == ("2.00", "0.00", "0.00")


@pytest.mark.rule("F-10", "F-23")
def test_twenty_first_recharges_at_once_open_one_wallet():
    customer = a_customer()
    amount = money("1.00")

    answers = in_parallel(
        *(
            lambda key=key: recharge_customer(
                owner=customer, amount=amount, instruction=an_instruction(f"first-{key}")
            )
            for key in range(20)
        )
    )

    assert len({next(iter(receipt.wallets)) for receipt in answers}) == 1
    assert figures(find_wallet(customer, "CNY")) == ("20.00", "0.00", "0.00")


def test_fifty_at_once_with_one_key_move_money_once():
    wallet = a_wallet()
    amount = money("1.00")

    answers = in_parallel(
        *(
            lambda: recharge(wallet=wallet, amount=amount, instruction=an_instruction("k"))
            for _ in range(50)
        )
    )

    assert {receipt.entry_id for receipt in answers} == {answers[0].entry_id}
    assert [receipt.replayed for receipt in answers].count(False) == 1
    assert figures(wallet) == ("1.00", "0.00", "0.00")


@pytest.mark.rule("F-08", "F-39")
def test_gift_money_is_locked_and_paid_by_the_house():
    wallet = a_wallet()

    recharge(
        wallet=wallet,
        amount=money("100.00"),
        spend_only=True,
        instruction=an_instruction(channel="System"),
    )

    assert figures(wallet) == ("100.00", "100.00", "0.00")
    assert withdrawable(wallet) == "0.00"
    assert ledger.balance(books.connection(), house_account("bonus", "CNY")) == -10000


@pytest.mark.rule("F-08")
def test_spend_only_money_that_somebody_paid_in_comes_from_the_channel():
    wallet = a_wallet()

    recharge(
        wallet=wallet,
        amount=money("5.00"),
        spend_only=True,
        instruction=an_instruction(channel="Alipay"),
    )

    assert figures(wallet) == ("5.00", "5.00", "0.00")
    assert ledger.balance(books.connection(), channel_account("Alipay", "CNY")) == -500


@pytest.mark.rule("F-05", "F-38", "F-03", "F-04")
def test_a_channel_without_the_currency_is_refused_and_nothing_changes():  # X-F14
    change_channel(identifier="PayPal", currencies="CNY,USD", **WHO)
    wallet = a_wallet(currency="EUR")

    with pytest.raises(ChannelCurrencyRefused) as refused:
        recharge(
            wallet=wallet,
            amount=money("1.00", "EUR"),
            instruction=an_instruction(channel="PayPal"),
        )

    assert refused.value.allowed == "CNY,USD"
    assert figures(wallet) == ("0.00", "0.00", "0.00")


@pytest.mark.rule("F-38")
@pytest.mark.parametrize(
    ("minor", "refusal"),
    [(0, AmountNotPositive), (-1, AmountNotPositive), (10**18, AmountTooLarge)],
)
def test_an_amount_that_cannot_be_moved_is_refused(minor: int, refusal: type[Exception]):
    wallet = a_wallet()

    with pytest.raises(refusal):
        recharge(wallet=wallet, amount=Money(minor, wallet.currency), instruction=an_instruction())


@pytest.mark.rule("F-11", "F-38")
def test_another_currency_than_the_wallets_is_refused():
    with pytest.raises(CurrencyMismatch):
        recharge(wallet=a_wallet(), amount=money("1.00", "USD"), instruction=an_instruction())


@pytest.mark.rule("F-38")
def test_what_is_switched_off_is_refused():
    wallet = a_wallet(currency="USD")
    asked = {"wallet": wallet, "amount": money("1.00", "USD")}

    with pytest.raises(UnknownChannel):
        recharge(**asked, instruction=an_instruction(channel="Nowhere"))
    disable_channel(identifier="QQwallet", **WHO)
    with pytest.raises(ChannelDisabled):
        recharge(**asked, instruction=an_instruction(channel="QQwallet"))
    disable_wallet(wallet=wallet, reason="lost card", **WHO)
    with pytest.raises(WalletDisabled):
        recharge(**asked, instruction=an_instruction())
    disable(number=wallet.owner, reason="court order", **WHO)
    with pytest.raises(CustomerDisabled):
        recharge(**asked, instruction=an_instruction())
    disable_currency(code="USD", **WHO)
    with pytest.raises(books.CurrencyDisabled):
        recharge(**asked, instruction=an_instruction())


@pytest.mark.rule("F-38")
def test_a_refused_first_recharge_opens_no_wallet():
    with pytest.raises(UnknownCustomer):
        recharge_customer(owner=99999, amount=money("1.00"), instruction=an_instruction())
    with pytest.raises(UnknownChannel):
        recharge_customer(
            owner=a_customer(),
            amount=money("1.00"),
            instruction=an_instruction(channel="Nowhere"),
        )

    assert WalletRow.objects.count() == 0


@pytest.mark.rule("F-19", "F-20")
def test_the_same_serial_number_is_carried_out_once_and_with_another_amount_refused():
    wallet = a_wallet()
    sno = f"120260301120000{wallet.owner}"
    first = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(sno=sno))

    again = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction(sno=sno))
    with pytest.raises(ledger.KeyReused):
        recharge(wallet=wallet, amount=money("2.00"), instruction=an_instruction(sno=sno))

    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert figures(wallet) == ("1.00", "0.00", "0.00")


@pytest.mark.rule("F-20")
def test_a_serial_number_of_another_operation_is_refused():
    with pytest.raises(books.SnoMalformed):
        recharge(
            wallet=a_wallet(),
            amount=money("1.00"),
            instruction=an_instruction(sno="22026030112000010012"),
        )


def test_a_repetition_gets_its_first_answer_even_after_the_customer_was_stopped():
    wallet = a_wallet()
    first = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction("k"))
    disable(number=wallet.owner, reason="court order", **WHO)

    again = recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction("k"))

    assert again.entry_id == first.entry_id


def test_a_rehearsal_gives_the_receipt_and_changes_nothing():
    customer = a_customer()

    receipt = books.rehearse(
        lambda: (
            recharge_customer(
                owner=customer, amount=money("1.00"), instruction=an_instruction()
            ).wallets
        )
    )

    assert [after.liquid for after in receipt.values()] == [money("1.00")]
    assert find_wallet(customer, "CNY") is None


def test_a_recharge_asks_the_database_nothing_before_it_posts(monkeypatch):
    monkeypatch.setattr("tael.books.snapshot.LIFE_SECONDS", 60)  # however slow the machine is
    wallet = a_wallet(free="1.00")
    connection = books.connection()
    asked = []
    original = connection.execute

    class Counting:
        def __getattr__(self, name):
            return getattr(connection, name)

        def execute(self, *args, **kwargs):
            asked.append(args[0])
            return original(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patched, queries() as through_django:
        for module in ("tael.books.connect", "tael.parties.customer.books", "tael.books"):
            patched.setattr(f"{module}.connection", Counting)
        recharge(wallet=wallet, amount=money("1.00"), instruction=an_instruction())

    assert not asked + through_django
