"""Operations that run together: one batch, one commit, and each with its own verdict."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from builders import a_customer, a_wallet, an_instruction, figures, money, queries
from tael import books, ledger
from tael.refusal import Refusal
from tael.wallet.booking import InsufficientFunds
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.recharge import recharge, recharge_customer
from tael.wallet.transfer import transfer

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("I8", "T6")]


@pytest.fixture
def wallet():
    return a_wallet(free="100")


def charge(wallet, text: str = "1", key: str | None = None):
    return partial(deduct, wallet=wallet, amount=money(text), instruction=an_instruction(key=key))


def said(answers) -> list[str]:
    return [
        each.code if isinstance(each, Refusal) else "replayed" if each.replayed else "posted"
        for each in answers
    ]


def test_neighbours_share_one_commit(wallet) -> None:
    answers = books.post_together([charge(wallet) for _ in range(20)])

    assert said(answers) == ["posted"] * 20
    assert len({answer.booked_at for answer in answers}) == 1
    assert answers[-1].wallets[wallet.number].liquid == money("80")
    assert figures(wallet)[0] == "80.00"


def test_each_sees_those_before_it_and_a_refusal_stops_nobody(wallet) -> None:
    answers = books.post_together(
        [charge(wallet, "100"), charge(wallet), charge(wallet, "0.01"), charge(wallet, key="k")]
    )

    assert said(answers) == ["posted"] + ["insufficient_funds"] * 3
    assert isinstance(answers[1], InsufficientFunds)
    assert "withdrawable 0.00 CNY" in answers[1].there
    assert said(books.post_together([charge(wallet, key="k")])) == ["insufficient_funds"]


def test_an_operation_with_rows_of_its_own_keeps_its_place(wallet) -> None:
    set_aside = partial(freeze, wallet=wallet, amount=money("60"), instruction=an_instruction())

    answers = books.post_together([charge(wallet, "50"), set_aside, charge(wallet, "50")])

    assert said(answers) == ["posted", "insufficient_funds", "posted"]
    assert figures(wallet) == ("0.00", "0.00", "0.00")


def test_a_wallet_can_be_opened_on_the_way(wallet) -> None:
    owner = a_customer()
    bring = partial(recharge_customer, owner=owner, amount=money("5"), instruction=an_instruction())

    answers = books.post_together([charge(wallet), bring, bring])

    assert said(answers) == ["posted", "posted", "replayed"]
    assert answers[1].touched[0].owner == owner


def test_what_was_done_before_is_answered_again(wallet) -> None:
    first = charge(wallet, key="a")()
    other = partial(deduct, wallet=wallet, amount=money("2"), instruction=an_instruction(key="a"))

    answers = books.post_together([charge(wallet, key="a"), other, charge(wallet, key="b")])

    assert said(answers) == ["replayed", "key_reused", "posted"]
    assert answers[0].entry_id == first.entry_id
    assert figures(wallet)[0] == "98.00"


def test_all_or_nothing_stops_at_the_first_refusal(wallet) -> None:
    calls = [charge(wallet, "60"), charge(wallet, "60"), charge(wallet, "1")]

    with transaction.atomic():
        answers = books.post_together(calls, all_or_nothing=True)
        transaction.set_rollback(True)

    assert said(answers) == ["posted", "insufficient_funds"]
    assert figures(wallet)[0] == "100.00"


def test_inside_a_transaction_all_of_it_shares_its_fate(wallet) -> None:
    with transaction.atomic():
        books.post_together([charge(wallet), charge(wallet)])
        transaction.set_rollback(True)

    assert figures(wallet)[0] == "100.00"


def test_a_key_in_flight_stops_only_its_own_operation(wallet, monkeypatch) -> None:
    def busy(*_args, **_more):
        raise ledger.KeyInFlight("another request writes it")

    monkeypatch.setattr("tael.books.posting._post_all", busy)

    answers = books.post_together([charge(wallet), charge(wallet)])

    assert said(answers) == ["posted", "posted"]


def test_a_customer_is_read_once_for_all(wallet) -> None:
    other = a_wallet(free="1")
    move = partial(transfer, source=wallet, target=other, amount=money("0.01"))
    calls = [partial(move, instruction=an_instruction()) for _ in range(30)]

    with queries() as sent:
        books.post_together(calls)

    assert len(sent) < 60
    assert books.once_in_a_batch("x", lambda: 1) == 1
    assert books.once_in_a_batch("x", lambda: 2) == 2


def test_nothing_stands_in_for_posting_afterwards(wallet) -> None:
    books.post_together([charge(wallet)])

    receipt = recharge(
        wallet=wallet, amount=money("1"), instruction=an_instruction(channel="Alipay")
    )

    assert not receipt.replayed
    assert figures(wallet)[0] == "100.00"
