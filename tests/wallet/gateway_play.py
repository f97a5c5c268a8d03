"""Playing a payer and his gateway: an order, a notice about it, and what is in suspense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builders import AT, an_instruction, money
from tael import books, ledger
from tael.channels.gateways.base import Notice
from tael.channels.house import suspense_account
from tael.wallet.notice import Outcome, receive_notice
from tael.wallet.recharge_order import RechargeOrder, create_order, order_number

if TYPE_CHECKING:
    from datetime import datetime

    from tael.channels.gateways.signed_test import SignedTestGateway
    from tael.wallet.wallet import Wallet


def an_order(wallet: Wallet, text: str = "10.00", **more: Any) -> RechargeOrder:
    """An order to be paid over Alipay."""
    return create_order(
        owner=wallet.owner,
        wallet=wallet,
        amount=money(text, wallet.currency.code),
        instruction=an_instruction(channel="Alipay"),
        **more,
    )


def told(
    row: RechargeOrder, amount: str = "10.00", *, number: str = "G1", event: str = "e1", **more: str
) -> Notice:
    """What the gateway says about an order: that it was paid, unless said otherwise."""
    facts = {"currency": "CNY", "status": "paid", "order_number": order_number(row), **more}
    return Notice(event_id=event, amount=amount, gateway_number=number, **facts)


def sent(gateway: SignedTestGateway, notice: Notice, *, at: datetime = AT) -> Outcome:
    """Let the gateway's notice come in."""
    signed = gateway.pay(notice, at=at)
    return receive_notice(raw=signed.raw, headers=signed.headers, channel=gateway.channel, at=at)


def in_suspense(currency: str = "CNY") -> int:
    """The balance of the suspense account, in minor units."""
    return ledger.balance(books.connection(), suspense_account(currency))
