from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_customer, a_wallet, an_instruction, figures, in_parallel, money
from tael import ledger
from tael.lifecycle import MoveNotAllowed
from tael.wallet.flow import flow_record
from tael.wallet.models import GatewayPayment
from tael.wallet.recharge_order import (
    OrderClosed,
    OrderMismatch,
    UnknownOrder,
    close_order,
    confirm_order,
    create_order,
    expire_orders,
    order,
)
from tael.wallet.wallet import UnknownWallet, find_wallet

pytestmark = pytest.mark.usefixtures("db")

SOON = AT + timedelta(hours=1)


def an_order(wallet, text: str = "1.00", *, key: str | None = None, **more):
    facts = {"channel": "Alipay", "code": "OnlineRecharge", **more.pop("told", {})}
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money(text),
        instruction=an_instruction(key, **facts),
        **more,
    )


def confirmed(row, *, text: str = "1.00", pno: str | None = None, key: str | None = None):
    return confirm_order(
        order=row.pk,
        owner=row.owner,
        amount=money(text),
        wallet=row.wallet,
        instruction=an_instruction(key, channel="Alipay", pno=pno),
    )


@pytest.mark.rule("F-25", "F-39")
def test_the_two_steps_credit_once():  # X-F11
    wallet = a_wallet()

    row = an_order(wallet)
    assert figures(wallet)[0] == "0.00"
    first = confirmed(row)
    assert figures(wallet)[0] == "1.00"
    second = confirmed(row)

    assert figures(wallet)[0] == "1.00"
    assert (second.entry_id, second.replayed, first.replayed) == (first.entry_id, True, False)
    assert order(row.pk).state == "success"


@pytest.mark.rule("F-25", "F-22")
def test_the_credit_keeps_the_words_of_the_order_and_the_gateways_number():  # A-F10, A-F26
    wallet = a_wallet()
    sno = f"120260301120000{wallet.owner}"
    row = an_order(wallet, told={"sno": sno, "info": "for the month", "pno": "A1"})

    receipt = confirmed(row, pno="GATEWAY-77")

    record = flow_record(receipt.entry_id)
    assert (record.sno, record.info, record.pno, record.code) == (
        sno,
        "for the month",
        "A1",
        "OnlineRecharge",
    )
    assert record.data == {"order": row.pk, "gateway_number": "GATEWAY-77"}
    assert order(row.pk).gateway_number == "GATEWAY-77"


@pytest.mark.rule("F-25")
def test_without_a_wallet_the_default_one_is_opened_with_the_order():
    customer = a_customer()

    row = create_order(
        owner=customer, amount=money("1.00"), instruction=an_instruction(channel="Alipay")
    )

    assert find_wallet(customer, "CNY").number == row.wallet


@pytest.mark.rule("F-25", "F-38")
def test_what_differs_from_the_order_is_refused():  # A-F10
    wallet, other = a_wallet(), a_wallet()
    row = an_order(wallet)
    good = {
        "order": row.pk,
        "owner": wallet.owner,
        "amount": money("1.00"),
        "wallet": wallet.number,
        "instruction": an_instruction(channel="Alipay"),
    }

    for field, wrong in (
        ("owner", other.owner),
        ("amount", money("1.01")),
        ("amount", money("0.99")),
        ("wallet", other.number),
        ("currency", money("1.00", "USD")),
        ("channel", an_instruction(channel="WeChat")),
    ):
        name = {"currency": "amount", "channel": "instruction"}.get(field, field)
        with pytest.raises(OrderMismatch) as refused:
            confirm_order(**{**good, name: wrong})
        assert refused.value.field == field
    for number in (row.pk + 1, 0, 10**30):
        with pytest.raises(UnknownOrder):
            confirm_order(**{**good, "order": number})

    assert figures(wallet)[0] == "0.00"
    assert order(row.pk).state == "created"


@pytest.mark.rule("F-25", "F-08")
def test_an_order_to_be_spent_only_credits_locked_money():
    wallet = a_wallet()

    confirmed(an_order(wallet, spend_only=True))

    assert figures(wallet) == ("1.00", "1.00", "0.00")


@pytest.mark.rule("F-25")
def test_the_same_key_or_serial_number_creates_one_order():
    wallet = a_wallet()
    sno = f"120260301120000{wallet.owner}"
    first = an_order(wallet, key="k", told={"sno": sno})

    assert an_order(wallet, key="k", told={"sno": sno}).pk == first.pk
    assert an_order(wallet, key="k2", told={"sno": sno}).pk == first.pk
    with pytest.raises(ledger.KeyReused) as refused:
        an_order(wallet, "2.00", key="k", told={"sno": sno})
    assert refused.value.field == "amount"


@pytest.mark.rule("F-25")
def test_closed_and_expired_orders_touch_no_balance_and_cannot_be_confirmed():
    wallet = a_wallet()
    closed, expiring, paid = (
        an_order(wallet),
        an_order(wallet, expires_at=SOON),
        an_order(wallet, expires_at=SOON),
    )
    confirmed(paid, pno="P1")

    close_order(order=closed.pk, at=AT)
    close_order(order=closed.pk, at=AT)
    counts = [expire_orders(at=SOON - timedelta(seconds=1)), expire_orders(at=SOON)]

    assert counts == [0, 1]
    for row in (closed, expiring):
        with pytest.raises(OrderClosed):
            confirmed(row)
    with pytest.raises(MoveNotAllowed):
        close_order(order=paid.pk, at=AT)
    with pytest.raises(UnknownOrder):
        close_order(order=closed.pk, owner=99, at=AT)
    assert figures(wallet)[0] == "1.00"
    assert [order(row.pk).state for row in (closed, expiring, paid)] == [
        "closed",
        "expired",
        "success",
    ]


@pytest.mark.rule("F-38")
def test_a_foreign_wallet_is_refused():
    wallet = a_wallet()

    with pytest.raises(UnknownWallet):
        create_order(
            owner=a_customer(),
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction(channel="Alipay"),
        )


def test_the_same_gateway_number_does_not_credit_two_orders():
    wallet = a_wallet()
    first, second = an_order(wallet), an_order(wallet)
    confirmed(first, pno="ONE")

    with pytest.raises(ledger.KeyReused):
        confirmed(second, pno="ONE")

    assert figures(wallet)[0] == "1.00"


@pytest.mark.rule("F-25")
def test_ten_confirmations_at_once_credit_once():
    wallet = a_wallet()
    row = an_order(wallet)

    amount = money("1.00")
    answers = in_parallel(
        *(
            lambda key=key: confirm_order(
                order=row.pk,
                owner=row.owner,
                amount=amount,
                instruction=an_instruction(f"confirm-{key}", channel="Alipay"),
            )
            for key in range(10)
        )
    )

    assert {receipt.entry_id for receipt in answers} == {answers[0].entry_id}
    assert GatewayPayment.objects.count() == 1
    assert figures(wallet)[0] == "1.00"


def test_a_key_confirms_one_order_only():
    wallet = a_wallet()
    first, second = an_order(wallet), an_order(wallet)
    confirmed(first, key="k")

    with pytest.raises(ledger.KeyReused):
        confirmed(second, key="k")

    assert figures(wallet)[0] == "1.00"
