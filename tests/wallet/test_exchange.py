from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_customer, a_rate, a_wallet, an_instruction, figures, in_parallel, money
from tael import books, ledger
from tael.channels.house import house_account
from tael.channels.rate import RateMissing
from tael.wallet.booking import InsufficientFunds, LockedFunds
from tael.wallet.exchange import exchange, exchange_into
from tael.wallet.flow import flow_record
from tael.wallet.models import WalletRow
from tael.wallet.pricing import ExchangeTooSmall
from tael.wallet.quote import quote
from tael.wallet.transfer import SameWallet
from tael.wallet.wallet import UnknownWallet, find_wallet

pytestmark = pytest.mark.usefixtures("db")


def a_pair(*, free: str = "100.00", locked: str = "0") -> tuple:
    owner = a_customer()
    return a_wallet(owner=owner, free=free, locked=locked), a_wallet(owner=owner, currency="USD")


@pytest.mark.rule("F-12", "F-37", "F-39")
def test_money_is_exchanged_at_the_rate_in_force():
    rate = a_rate("CNY/USD", "0.1405")
    yuan, dollars = a_pair()

    receipt = exchange(
        source=yuan,
        target=dollars,
        amount=money("100.00"),
        instruction=an_instruction(code="MoneyToMoney"),
    )

    assert receipt.received == money("14.05", "USD")
    assert (figures(yuan)[0], figures(dollars)[0]) == ("0.00", "14.05")
    data = flow_record(receipt.entry_id).data
    assert data == {"rate": rate, "rate_text": "0.1405", "remainder": "0"}


@pytest.mark.rule("F-37")
def test_the_positions_of_the_house_balance_each_currency():
    a_rate("CNY/USD", "0.14055")
    yuan, dollars = a_pair()

    receipt = exchange(
        source=yuan, target=dollars, amount=money("1.00"), instruction=an_instruction()
    )

    positions = [
        ledger.balance(books.connection(), house_account("fx", code)) for code in ("CNY", "USD")
    ]
    assert positions == [100, -14]
    assert flow_record(receipt.entry_id).data["remainder"] == "11/200"


@pytest.mark.rule("F-34", "F-35", "F-36", "F-39")
def test_points_and_money_change_in_one_entry():
    a_rate("POINT/CNY", "0.01")
    a_rate("CNY/POINT", "100")
    owner = a_customer()
    points = a_wallet(owner=owner, currency="POINT", free="250")

    received = exchange_into(
        source=points, currency="CNY", amount=money("250", "POINT"), instruction=an_instruction()
    )
    yuan = find_wallet(owner, "CNY")
    exchange_into(source=yuan, currency="POINT", amount=money("1.00"), instruction=an_instruction())

    assert received.received == money("2.50")
    assert (figures(yuan)[0], figures(points)[0]) == ("1.50", "100")


@pytest.mark.rule("F-36", "F-38")
def test_an_exchange_whose_second_half_fails_leaves_the_first_undone():
    a_rate("CNY/USD", "0.14")
    yuan, dollars = a_pair(free="1.00")

    with pytest.raises(InsufficientFunds):
        exchange(source=yuan, target=dollars, amount=money("1.01"), instruction=an_instruction())
    with pytest.raises(ExchangeTooSmall):
        exchange(source=yuan, target=dollars, amount=money("0.01"), instruction=an_instruction())
    with pytest.raises(RateMissing):
        exchange_into(
            source=yuan, currency="POINT", amount=money("1.00"), instruction=an_instruction()
        )

    assert (figures(yuan)[0], figures(dollars)[0]) == ("1.00", "0.00")
    assert WalletRow.objects.count() == 2


@pytest.mark.rule("F-08", "F-39")
def test_locked_money_is_not_exchanged():  # A-F7
    a_rate("CNY/USD", "0.14")
    yuan, dollars = a_pair(free="1.00", locked="50.00")

    with pytest.raises(LockedFunds):
        exchange(source=yuan, target=dollars, amount=money("1.01"), instruction=an_instruction())


@pytest.mark.rule("F-37")
def test_between_wallets_of_one_currency_it_is_carried_out_as_a_transfer():  # A-F25
    owner = a_customer()
    first = a_wallet(owner=owner, free="3.00", locked="1.00")
    second = a_wallet(owner=owner, name="savings")

    receipt = exchange(
        source=first, target=second, amount=money("3.00"), instruction=an_instruction()
    )

    assert (figures(first), figures(second)) == (("1.00", "1.00", "0.00"), ("3.00", "0.00", "0.00"))
    assert flow_record(receipt.entry_id).operation.word == "exchange"


@pytest.mark.rule("F-37", "F-38")
def test_the_same_wallet_and_another_customers_are_refused():
    yuan, dollars = a_pair()
    foreign = a_wallet(currency="USD")

    with pytest.raises(SameWallet):
        exchange(source=yuan, target=yuan, amount=money("1.00"), instruction=an_instruction())
    with pytest.raises(UnknownWallet):
        exchange(source=yuan, target=foreign, amount=money("1.00"), instruction=an_instruction())

    assert figures(dollars)[0] == "0.00"


@pytest.mark.rule("F-37")
def test_a_repetition_after_the_rate_has_changed_gives_the_first_result():
    a_rate("CNY/USD", "0.14")
    yuan, dollars = a_pair()
    asked = {"source": yuan, "target": dollars, "amount": money("1.00")}
    first = exchange(**asked, instruction=an_instruction("k"))
    a_rate("CNY/USD", "0.15")

    again = exchange(**asked, instruction=an_instruction("k"))

    assert (again.entry_id, again.received, again.replayed) == (
        first.entry_id,
        money("0.14", "USD"),
        True,
    )


def test_what_is_exchanged_into_a_gift_can_only_be_spent():  # A-F17, type 7/2
    a_rate("POINT/CNY", "0.01")
    points = a_wallet(currency="POINT", free="100")

    receipt = exchange_into(
        source=points,
        currency="CNY",
        amount=money("100", "POINT"),
        spend_only=True,
        instruction=an_instruction(),
    )

    yuan = find_wallet(points.owner, "CNY")
    assert figures(yuan) == ("1.00", "1.00", "0.00")
    assert receipt.received == money("1.00")


@pytest.mark.rule("F-35")
def test_what_is_to_be_spent_only_is_locked_at_a_quote_and_within_a_currency_too():  # A-F17
    a_rate("CNY/USD", "0.14")
    yuan, dollars = a_pair(free="50.00")
    second = a_wallet(owner=yuan.owner, name="second")
    promised = quote(
        source=yuan,
        target=dollars,
        amount=money("10.00"),
        expires_at=AT + timedelta(minutes=5),
        instruction=an_instruction(),
    )

    exchange(
        source=yuan,
        target=dollars,
        amount=money("10.00"),
        quote=promised.pk,
        spend_only=True,
        instruction=an_instruction(),
    )
    exchange(
        source=yuan,
        target=second,
        amount=money("1.00"),
        spend_only=True,
        instruction=an_instruction(),
    )

    assert figures(dollars) == ("1.40", "1.40", "0.00")
    assert figures(second) == ("1.00", "1.00", "0.00")


@pytest.mark.rule("F-36")
def test_exchanges_to_and_fro_at_once_never_gain():
    a_rate("CNY/USD", "0.14")
    a_rate("USD/CNY", "7.1")
    yuan, dollars = a_pair(free="50.00")
    pairs = [(yuan, dollars, money("7.00")), (dollars, yuan, money("0.98", "USD"))] * 8

    in_parallel(
        *(
            lambda key=key, pair=pair: exchange(
                source=pair[0],
                target=pair[1],
                amount=pair[2],
                instruction=an_instruction(f"x{key}"),
            )
            for key, pair in enumerate(pairs)
        )
    )

    left, bought = figures(yuan)[0], figures(dollars)[0]
    assert float(left) + float(bought) * 7.1 <= 50
