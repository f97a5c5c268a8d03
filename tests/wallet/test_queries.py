from __future__ import annotations

from datetime import timedelta

import pytest

from builders import (
    AT,
    STAFF,
    a_busy_wallet,
    a_customer,
    a_wallet,
    an_instruction,
    figures,
    money,
    queries,
)
from tael import ledger
from tael.wallet.card import issue_cards, redeem_card, void_cards
from tael.wallet.flow import wallet_flow
from tael.wallet.freeze import freeze
from tael.wallet.queries import (
    card_batches,
    figures_at,
    holds,
    orders,
    statement,
    wallet_view,
    wallets,
)
from tael.wallet.recharge import recharge
from tael.wallet.recharge_order import create_order
from tael.wallet.unfreeze import unfreeze
from tael.wallet.wallet import disable_wallet

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.rule("F-10")
def test_wallets_are_listed_by_number_with_their_figures():
    owner = a_customer()
    first = a_wallet(owner=owner, free="1.00", locked="2.00")
    second = a_wallet(owner=owner, currency="USD", free="3.00")
    a_wallet()

    listed = wallets(owner=owner)
    after = wallets(owner=owner, after=first.number)

    assert [(view.wallet, view.figures.liquid.text) for view in listed] == [
        (first, "3.00"),
        (second, "3.00"),
    ]
    assert [view.wallet for view in after] == [second]
    assert [view.wallet for view in wallets(owner=owner, currency="USD")] == [second]
    assert len(wallets(limit=2)) == 2


def test_a_list_of_twenty_wallets_takes_as_many_queries_as_one_of_two():
    for _ in range(20):
        a_wallet()
    counts = []
    for limit in (2, 20):
        with queries() as asked:
            wallets(limit=limit)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_wallet_that_is_switched_off_is_shown_so():
    wallet = a_wallet()
    disable_wallet(wallet=wallet, actor=STAFF, at=AT, reason="lost")

    assert wallet_view(wallet).disabled_at == AT


@pytest.mark.rule("F-22", "F-39")
def test_a_statement_adds_up_from_opening_to_closing():
    wallet, after = a_busy_wallet()

    whole = statement(wallet, after=AT - timedelta(days=1), through=AT + timedelta(days=9999))

    shown = [(f.liquid.text, f.locked.text, f.frozen.text) for _, _, f in whole.lines]
    assert shown[-len(after) :] == after
    assert (whole.opening.liquid, whole.closing.frozen) == (money("0"), money("20.00"))
    assert sum(line.change.liquid.minor for line in whole.lines) == whole.closing.liquid.minor


def test_what_is_frozen_between_two_reads_is_not_shown_twice(monkeypatch):
    wallet = a_wallet(free="100.00")
    end = AT + timedelta(days=1)

    def interrupted(read):
        def reading(connection, account, *rest, **more):
            if account == wallet.frozen:
                freeze(wallet=wallet, amount=money("10.00"), instruction=an_instruction())
            return read(connection, account, *rest, **more)

        return reading

    for name in ("last_lines", "statement", "balance_at"):
        monkeypatch.setattr(ledger, name, interrupted(getattr(ledger, name)))
    freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction())
    shown = [
        wallet_flow(wallet).lines[0].after,
        statement(wallet, after=AT - timedelta(days=1), through=end, axis="effective").closing,
        figures_at(wallet, end, axis="effective"),
    ]

    assert [after.liquid + after.frozen for after in shown] == [money("100.00")] * 3
    assert figures(wallet) == ("69.00", "0.00", "31.00")


@pytest.mark.rule("F-22")
def test_a_period_by_date_of_effect_counts_what_was_booked_later():
    wallet = a_wallet()
    for day, text in ((3, "3.00"), (1, "1.00"), (2, "2.00")):
        recharge(
            wallet=wallet,
            amount=money(text),
            instruction=an_instruction(at=AT + timedelta(days=day)),
        )

    period = statement(
        wallet,
        after=AT + timedelta(days=1),
        through=AT + timedelta(days=2),
        axis="effective",
    )

    assert [line.record.amount.text for line in period.lines] == ["2.00"]
    assert (period.opening.liquid.text, period.closing.liquid.text) == ("1.00", "3.00")
    effective = figures_at(wallet, AT + timedelta(days=2), axis="effective")
    assert effective.liquid.text == "3.00"
    assert figures_at(wallet, AT).liquid.text == "0.00"


@pytest.mark.rule("F-30")
def test_holds_are_listed_newest_first_and_open_ones_alone_if_wanted():
    wallet = a_wallet(free="9.00")
    numbers = [
        freeze(wallet=wallet, amount=money("1.00"), instruction=an_instruction()).hold
        for _ in range(3)
    ]
    unfreeze(wallet=wallet, amount=money("1.00"), hold=numbers[1], instruction=an_instruction())

    assert [hold.pk for hold in holds(wallet)] == numbers[::-1]
    assert [hold.pk for hold in holds(wallet, only_open=True)] == [numbers[2], numbers[0]]
    assert [hold.pk for hold in holds(wallet, before=numbers[1])] == [numbers[0]]


def test_orders_and_card_batches_are_listed_newest_first():
    wallet = a_wallet()
    numbers = [
        create_order(
            owner=wallet.owner,
            wallet=wallet,
            amount=money("1.00"),
            instruction=an_instruction(channel="Alipay"),
        ).pk
        for _ in range(2)
    ]
    issued = issue_cards(amount=money("1.00"), count=3, instruction=an_instruction())
    redeem_card(code=issued.codes[0], owner=wallet.owner, instruction=an_instruction())
    void_cards(batch=issued.batch.pk, reason="lost", actor=STAFF, at=AT)

    (batch,) = card_batches()
    assert [row.pk for row in orders(owner=wallet.owner)] == numbers[::-1]
    assert orders(state="success") == []
    assert (batch.count, batch.used, batch.void) == (3, 1, 2)
    assert figures(wallet)[0] == "1.00"
