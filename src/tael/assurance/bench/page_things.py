"""Orders, withdrawals, holds, cards, refunds and what else a house keeps lists of, by the real operations.

Every second one concerns the first wallet, so that its customer has long lists too. Needs Django's settings.

Source: F-24, F-25, F-27, F-31, F-33.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tael.assurance.bench.traffic import uuid7
from tael.books import Instruction
from tael.channels.rate import set_rate
from tael.money import parse_amount
from tael.outbox.endpoint import add_endpoint
from tael.parties.api_key import create_api_key
from tael.parties.payee import add_payee
from tael.parties.user import add_customer_user, add_staff
from tael.payouts.withdrawal import apply_withdrawal, approve_withdrawal, refuse_withdrawal
from tael.refusal import Refusal
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.notice import receive_notice
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.refund import refund

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

MAKER, CHECKER, SYSTEM = "user:9001", "user:9002", "system"
_CARDS: Final = 50  # of one batch
_BANK: Final[dict[str, Any]] = {"kind": "bank", "holder": "Li Hua", "details": {"account": "6222"}}
_numbers: Final = iter(range(1, 2**40))


def happen(wallets: list[Wallet], many: int, *, at: datetime) -> None:
    """Let so many of each come about, the oldest first.

    Args:
        wallets: funded ones; every second thing concerns the first.
        many: of each list.
        at: now; nothing is dated later.
    """
    payees = {
        wallet.number: add_payee(customer=wallet.owner, **_BANK, actor=SYSTEM, at=at).pk
        for wallet in wallets[: max(many, 1)]
    }
    for place in range(many):
        wallet = wallets[0] if place % 2 else wallets[place % len(wallets)]
        _money(wallet, payees[wallet.number], place, at - timedelta(seconds=many - place))
    few = max(many // 20, 2)
    for place in range(few):
        _house(wallets[0], place, at - timedelta(minutes=few - place))


def _money(wallet: Wallet, payee: int, place: int, at: datetime) -> None:
    """Order, hold, withdrawal and refund of one wallet; some are finished, some stay open."""
    ten = parse_amount("10.00", wallet.currency)
    order = create_order(owner=wallet.owner, wallet=wallet, amount=ten, instruction=_told(at))
    if place % 3 == 0:
        told = _told(at, pno=f"gateway-{place}")
        confirm_order(order=order.pk, owner=wallet.owner, amount=ten, instruction=told)
    freeze(
        wallet=wallet,
        amount=ten,
        expires_at=at + timedelta(days=place % 30 + 1),
        reason="deposit",
        instruction=_told(at),
    )
    applied = apply_withdrawal(
        wallet=wallet, amount=ten, payee=payee, instruction=_told(at, channel="System")
    )
    number = int(applied.withdrawal.pk)
    if place % 3 == 0:
        approve_withdrawal(number=number, instruction=_told(at, actor=CHECKER, channel="System"))
    elif place % 3 == 1:
        told = _told(at, actor=CHECKER, channel="System")
        refuse_withdrawal(number=number, reason="no such account", instruction=told)
    spent = deduct(wallet=wallet, amount=ten, instruction=_told(at))
    refund(entry_id=spent.entry_id, instruction=_told(at))


def _house(wallet: Wallet, place: int, at: datetime) -> None:
    """What the house itself keeps: cards, rates, keys, users, webhooks, notices."""
    said: dict[str, Any] = {"actor": MAKER, "at": at}
    five = parse_amount("5.00", wallet.currency)
    issued = issue_cards(amount=five, count=_CARDS, instruction=_told(at))
    redeem_card(code=issued.codes[0], owner=wallet.owner, instruction=_told(at))
    set_rate(from_currency="CNY", to_currency="USD", value=f"0.13{place % 10 + 1}", **said)
    create_api_key(name=f"Program {place}", scopes=["operations:recharge"], **said)
    add_payee(customer=wallet.owner, **_BANK, **said)
    add_endpoint(url=f"https://program{place}.example/told", **said)
    add_staff(login=f"staff{place}@bench.example", name=f"Staff {place}", roles=["support"], **said)
    add_customer_user(
        login=f"user{place}@bench.example", name=f"User {place}", customer=wallet.owner, **said
    )
    with suppress(Refusal):  # it is kept, and refused for want of a signature
        receive_notice(raw=b'{"id": 1}', headers={}, channel="Alipay", at=at)


def _told(at: datetime, *, actor: str = MAKER, channel: str = "Alipay", **more: Any) -> Instruction:
    key = uuid7(next(_numbers))
    return Instruction(key=key, actor=actor, at=at, channel=channel, **more)
