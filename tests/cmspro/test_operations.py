"""What lies beside the page's own examples: cards, orders, gifts, repetition, and each operation's no."""

from __future__ import annotations

from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, figures, withdrawable
from builders import money as amount
from tael import ledger
from tael.cmspro import operations
from tael.wallet.card import issue_cards
from tael.wallet.recharge_order import close_order
from tael.wallet.wallet import find_wallet

IN = {"ctype": "CNY", "money": "1", "mtype": "System", "uid": 10012}
OUT = {**IN, "carda": "100001"}


def code(result) -> str | None:
    return result.error["code"] if result.error else None


@pytest.mark.rule("F-08", "F-19")
def test_money_whose_number_contains_lock_may_only_be_consumed(site, customers):
    result = site.init(
        1, {**IN, "money": "100", "pno": "1" + site.date() + "lock"}, "AdminRecharge"
    )

    wallet = find_wallet(10012, "CNY")
    assert result
    assert figures(wallet) == ("100.00", "100.00", "0.00")
    assert withdrawable(wallet) == "0.00"


@pytest.mark.rule("F-19")
@pytest.mark.parametrize("pno", ["1LOCK", "Lock2", "l-o-c-k", ""])
def test_only_small_letters_lock_it(site, customers, pno):
    assert site.init(1, {**IN, "pno": pno}, "AdminRecharge")

    assert figures(find_wallet(10012, "CNY")) == ("1.00", "0.00", "0.00")


@pytest.mark.rule("F-19")
def test_on_what_flows_out_the_mark_is_only_kept(site, wallet):
    assert site.init(2, {**OUT, "type": 1, "pno": "2lock"}, "AdminDeduction")
    assert site.init(4, {**OUT, "pno": "4lock"}, "Other")

    assert figures(wallet) == ("998.00", "99.00", "1.00")


@pytest.mark.rule("F-19", "F-34")
def test_money_for_points_may_be_locked_too(site, wallet):
    from builders import a_rate

    a_wallet(owner=10012, currency="POINT", free="500")
    a_rate("POINT/CNY", "0.01")

    result = site.init(7, {**IN, "cardb": 100001, "type": 2, "pno": "7lock"}, "MoneyToIntegral")

    assert result
    assert figures(wallet) == ("1001.00", "101.00", "0.00")


@pytest.mark.rule("F-25")
def test_an_order_made_to_be_locked_is_credited_locked(site, customers):
    made = site.init(1, {**IN, "mtype": "Alipay", "status": 2, "pno": "a-lock"}, "OnlineRecharge")
    paid = site.init(
        1, {**IN, "mtype": "Alipay", "status": 1, "logid": made, "pno": "g-1"}, "OnlineRecharge"
    )

    assert paid
    assert figures(find_wallet(10012, "CNY")) == ("1.00", "1.00", "0.00")


@pytest.mark.rule("F-25")
@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"money": "1.01"}, "order_mismatch"),
        ({"ctype": "USD"}, "order_mismatch"),
        ({"mtype": "WeChat"}, "order_mismatch"),
        ({"uid": 10010}, "order_mismatch"),
        ({"cardb": 100009}, "order_mismatch"),
        ({"logid": 999}, "unknown_order"),
        ({"logid": "x"}, "parameter_malformed"),
    ],
)
def test_a_confirmation_that_differs_from_its_order_is_refused(site, customers, changed, refused):
    made = site.init(1, {**IN, "mtype": "Alipay", "status": 2}, "OnlineRecharge")

    data = {**IN, "mtype": "Alipay", "status": 1, "logid": made.logid, "pno": "g-1", **changed}
    result = site.init(1, data, "OnlineRecharge")

    assert code(result) == refused
    assert figures(find_wallet(10012, "CNY")) == ("0.00", "0.00", "0.00")


@pytest.mark.rule("F-25")
def test_a_closed_order_is_not_credited(site, customers):
    made = site.init(1, {**IN, "mtype": "Alipay", "status": 2}, "OnlineRecharge")
    close_order(order=made.logid, at=site.now)

    data = {**IN, "mtype": "Alipay", "status": 1, "logid": made.logid}

    assert code(site.init(1, data, "OnlineRecharge")) == "order_closed"


@pytest.fixture
def card(customers) -> str:
    issued = issue_cards(
        amount=amount("50.00"),
        count=1,
        expires_at=AT + timedelta(days=30),
        instruction=an_instruction(),
    )
    return issued.codes[0]


@pytest.mark.rule("F-24")
def test_a_card_is_checked_used_and_credited_in_one(site, card):
    data = {**IN, "mtype": "KeyCard", "money": "50", "card": card, "sno": "1" + site.date() + "1"}

    first = site.init(1, data, "AdminRecharge")
    again = site.init(1, data, "AdminRecharge")
    other = site.init(1, {**data, "sno": "1" + site.date() + "1"}, "AdminRecharge")

    assert first
    assert again
    assert again.replayed
    assert code(other) == "card_used"
    assert figures(find_wallet(10012, "CNY")) == ("50.00", "0.00", "0.00")


@pytest.mark.rule("F-24")
@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"money": "49"}, "card_worth_differs"),
        ({"ctype": "USD"}, "card_worth_differs"),
        ({"card": "x"}, "card_malformed"),
        ({"card": ""}, "parameter_missing"),
        ({"uid": 10011}, "unknown_customer"),
    ],
)
def test_a_card_that_does_not_fit_stays_unused(site, card, changed, refused):
    data = {**IN, "mtype": "KeyCard", "money": "50", "card": card}

    assert code(site.init(1, {**data, **changed}, "AdminRecharge")) == refused
    assert site.init(1, data, "AdminRecharge")


@pytest.mark.rule("F-26", "F-27")
def test_frozen_money_is_charged_by_type_2_and_never_topped_up(site, wallet):
    assert site.init(4, {**OUT, "money": "5"}, "Reserve")

    assert site.init(2, {**OUT, "money": "3", "type": 2}, "AdminDeduction")
    assert code(site.init(2, {**OUT, "money": "3", "type": 2}, "AdminDeduction")) == (
        "insufficient_funds"
    )
    assert figures(wallet) == ("995.00", "100.00", "2.00")


@pytest.mark.rule("F-28")
def test_an_empty_cardb_means_the_receivers_own_account_of_the_currency(site, wallet):
    result = site.init(3, {**OUT, "to": 10010}, "Transfer")

    assert result == 2
    assert result.account == find_wallet(10010, "CNY").number
    assert figures(find_wallet(10010, "CNY")) == ("1.00", "0.00", "0.00")


@pytest.mark.rule("F-28", "F-29")
@pytest.mark.parametrize(
    ("changed", "refused", "field"),
    [
        ({"money": "900.01"}, "locked_funds", "money"),
        ({"money": "1000.01"}, "insufficient_funds", "money"),
        ({"to": 10011}, "unknown_customer", "to"),
        ({"to": 10012, "cardb": 100001}, "same_wallet", "cardb"),
        ({"cardb": 100001}, "unknown_wallet", "cardb"),
        ({"uid": 10010}, "unknown_wallet", "carda"),
    ],
)
def test_a_transfer_that_cannot_be_is_false(site, wallet, changed, refused, field):
    result = site.init(3, {**OUT, "to": 10010, **changed}, "Transfer")

    assert result == False  # noqa: E712 - the seed's own form
    assert (code(result), result.error["field"]) == (refused, field)
    assert figures(wallet) == ("1000.00", "100.00", "0.00")
    assert find_wallet(10010, "CNY") is None


def test_the_same_serial_number_moves_money_once(site, wallet):
    data = {**OUT, "to": 10010, "sno": "3" + site.date() + "10010"}

    first = site.init(3, data, "Transfer")
    again = site.init(3, data, "Transfer")
    other = site.init(3, {**data, "money": "2"}, "Transfer")

    assert first == 2
    assert again == 2
    assert again.flow_ids == first.flow_ids
    assert code(other) == "key_reused"
    assert figures(wallet) == ("999.00", "100.00", "0.00")


def test_an_outcome_that_nobody_knows_is_no_failure(site, wallet, monkeypatch):
    def gone(**_):
        raise ledger.OutcomeUnknown("the connection was lost")

    monkeypatch.setattr(operations, "transfer_to_customer", gone)

    with pytest.raises(ledger.OutcomeUnknown):
        site.init(3, {**OUT, "to": 10010}, "Transfer")
