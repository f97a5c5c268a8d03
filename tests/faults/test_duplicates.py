"""T5: many send the same request at the same moment, and it has one effect and one answer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from builders import (
    AT,
    STAFF,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
)
from faults.impatience import impatient
from properties.size import sized
from tael import books, ledger
from tael.payouts.withdrawal import apply_withdrawal, approve_withdrawal
from tael.postgres.connect import Databases
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.quote import quote
from tael.wallet.recharge import recharge, recharge_customer
from tael.wallet.recharge_order import confirm_order, create_order
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.withdraw import withdraw
from tael.web.database import point

SENDERS = sized(16, 50, 50)
LOCK_TIMEOUT = 0.3  # seconds
SLACK = 2.0  # seconds, on a busy machine
Send = Callable[[], Any]


def requests() -> dict[str, Send]:
    """A request of every sort, each under a key of its own that it keeps however often it is sent."""
    a_rate("CNY/USD", "0.14")
    wallet, other = a_wallet(free="1000.00", locked="50.00"), a_wallet()
    dollars = a_wallet(owner=wallet.owner, currency="USD")
    payee, newcomer = a_payee(wallet.owner), a_customer()
    ten = {"wallet": wallet, "amount": money("10.00")}
    over = {"source": wallet, "amount": money("10.00")}
    issued = issue_cards(amount=money("5.00"), count=1, instruction=an_instruction())
    applied = apply_withdrawal(**ten, payee=payee, instruction=an_instruction(actor="user:1"))
    order = create_order(owner=wallet.owner, amount=money("7.00"), instruction=an_instruction())
    promised = quote(
        **over, target=dollars, expires_at=AT + timedelta(hours=1), instruction=an_instruction()
    )
    spent = deduct(**ten, instruction=an_instruction())

    def with_key(operation: Callable[..., Any], **asked: Any) -> Send:
        instruction = an_instruction()
        return lambda: operation(**asked, instruction=instruction)

    return {
        "recharge": with_key(recharge, **ten),
        "first recharge": with_key(recharge_customer, owner=newcomer, amount=money("10.00")),
        "deduct": with_key(deduct, **ten),
        "transfer": with_key(transfer, **over, target=other),
        "freeze": with_key(freeze, **ten),
        "deduct from frozen": with_key(deduct, **ten, source="frozen"),
        "withdraw": with_key(withdraw, **ten, payee=payee),
        "exchange": with_key(exchange, **over, target=dollars),
        "exchange at a quote": with_key(exchange, **over, target=dollars, quote=promised.pk),
        "refund": with_key(refund, entry_id=spent.entry_id),
        "redeem": with_key(redeem_card, code=issued.codes[0], owner=wallet.owner),
        "confirm": with_key(
            confirm_order, order=order.pk, owner=wallet.owner, amount=money("7.00")
        ),
        "apply": with_key(apply_withdrawal, **ten, payee=payee),
        "approve": with_key(approve_withdrawal, number=applied.withdrawal.pk),
    }


def answer_of(given: Any) -> tuple[int, bool]:
    """The entry that an answer names, and whether it is said to be a repeated one."""
    assert not isinstance(given, BaseException), repr(given)
    receipt = getattr(given, "receipt", given)
    return receipt.entry_id, receipt.replayed


def entries(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT count(*) FROM ledger.entry").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.rule("I8", "I36")
@pytest.mark.timeout(600)
def test_many_who_send_one_request_at_once_get_one_answer_and_one_effect(db: Databases):
    """T5: of every sort, with the wallet that a first recharge opens."""
    wrong = {}
    sends = requests()
    with db.owner(autocommit=True) as owner:
        for name, send in sends.items():
            before = entries(owner)
            answers = [answer_of(given) for given in in_parallel(*[send] * SENDERS)]
            numbers, replayed = zip(*answers, strict=True)
            said = Counter(replayed)
            seen = (len(set(numbers)), said[False], entries(owner) - before)
            if seen != (1, 1, 1):
                wrong[name] = (
                    f"{seen[0]} entries named, {seen[1]} said to be new, {seen[2]} written"
                )

    assert wrong == {}


@pytest.mark.rule("I8")
@pytest.mark.parametrize("operation", [recharge, freeze])
def test_of_two_contents_under_one_key_one_is_carried_out_and_the_other_refused(
    db: Databases, operation: Callable[..., Any]
):
    """T5: sent by many at once; `recharge` shares commits, `freeze` has a transaction of its own."""
    wallet = a_wallet(free="100.00")
    before = figures(wallet)

    def send(text: str) -> Send:
        return lambda: operation(
            wallet=wallet, amount=money(text), instruction=an_instruction("one", actor=STAFF)
        )

    answers = in_parallel(*[send("1.00"), send("2.00")] * (SENDERS // 2))

    by_content = [answers[0::2], answers[1::2]]
    refused = [
        all(isinstance(each, ledger.KeyReused | ledger.KeyInFlight) for each in half)
        for half in by_content
    ]
    assert sorted(refused) == [False, True], answers
    done = [answer_of(each) for each in by_content[refused.index(False)]]
    assert len({number for number, _ in done}) == 1
    assert [replayed for _, replayed in done].count(False) == 1
    moved = money("1.00" if refused[1] else "2.00")
    column = 0 if operation is recharge else 2
    assert money(figures(wallet)[column]) - money(before[column]) == moved


@pytest.mark.rule("I8")
def test_a_key_that_another_session_is_writing_is_in_flight_and_then_replayed_or_free(
    db: Databases,
):
    """T5: the other session has not committed yet, and touches other accounts."""
    point("default", impatient(db.app_dsn, LOCK_TIMEOUT))
    wallet, other = a_wallet(free="10.00"), a_wallet(free="10.00")
    outside = (
        books.connection()
        .execute("SELECT id FROM ledger.account WHERE code = 'channel:Alipay:CNY'")
        .fetchone()
    )
    assert outside is not None
    asked = an_instruction("one", channel="Alipay")
    entry = ledger.Entry(
        kind=ledger.Kind("test.other", "Another request under the same key"),
        legs=(ledger.Leg(other.free, -100), ledger.Leg(other.frozen, 100)),
        key=asked.entry_keys().key,
        effective_at=AT,
        actor=STAFF,
    )
    with db.app() as holder:
        ledger.post(holder, [entry], atomic=True)
        for operation in (recharge, freeze):
            began = time.monotonic()
            with pytest.raises(ledger.KeyInFlight):
                operation(wallet=wallet, amount=money("1.00"), instruction=asked)
            assert time.monotonic() - began < LOCK_TIMEOUT + SLACK
        holder.rollback()

    assert not recharge(wallet=wallet, amount=money("1.00"), instruction=asked).replayed
    assert figures(wallet) == ("11.00", "0.00", "0.00")
