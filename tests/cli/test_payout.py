"""`tael payout`."""

from __future__ import annotations

import pytest

from builders import a_payee
from settlement_builders import amount_of, some_terms
from settlement_payout_builders import PAID_ON, an_account_with, in_state, now
from tael.settlement.lifecycles import PayoutState
from tael.settlement.payouts.paying import Paid, pay_payouts


@pytest.mark.rule("B-33", "B-35", "B-37")
def test_a_withdrawal_is_quoted_applied_for_held_and_cancelled(tael):
    account = an_account_with("100.00")
    some_terms(account, fee="1%")
    payee = a_payee(account.owner)

    quote = tael.json("payout", "quote", account.number, "--amount", "40")
    made = tael.json(*("payout", "apply", account.number, "--amount", "40", "--payee", payee))

    assert (quote["qualified"], quote["net"]["amount"]) == (True, "39.60")
    assert (made["trade_state"], amount_of(account)) == ("applying", "60.00")
    number = made["number"]
    assert tael.json("payout", "hold", number, "--reason", "why")["payout_state"] == "held"
    assert tael.json("payout", "release", number)["payout_state"] == "waiting"
    assert tael.json("payout", "explain", number)["left"]["amount"] == "60.00"
    assert tael.json("payout", "cancel", number)["payout_state"] == "cancelled"
    assert amount_of(account) == "100.00"
    assert tael.refusal("payout", "hold", number, "--reason", "x")["code"] == (
        "withdrawal_move_refused"
    )


def test_what_was_paid_gets_its_number_and_may_come_back(tael):
    account = an_account_with("10.00")
    number = in_state(PayoutState.EXPORTED, account, "4.00").pk
    pay_payouts([Paid(number, "Alipay", PAID_ON)], instruction=now())

    assert tael.json("payout", "flow-number", number, "77")["trade_state"] == "succeeded"
    assert tael.json("payout", "bounce", number, "--reason", "closed")["payout_state"] == "returned"
    assert [one["number"] for one in tael.json("payout", "list", "--trade", "failed")["data"]] == [
        number
    ]


@pytest.mark.rule("B-36")
def test_a_rule_is_set_rehearsed_and_run_once(tael):
    account = an_account_with("100.00")
    rule = ("--payee", a_payee(account.owner), "--schedule", "day", "--keep-back", "30")
    tael.json("payout", "set-rule", account.number, *rule)

    (would,) = tael.json("payout", "run", "--dry-run")["data"]
    assert (would["outcome"], would["net"]["amount"], amount_of(account)) == (
        "pays",
        "70.00",
        "100.00",
    )
    outcomes = [tael.json("payout", "run")["data"][0]["outcome"] for _ in range(2)]

    assert outcomes == ["pays", "used"]
    assert amount_of(account) == "30.00"
    assert tael.json("payout", "rules")["data"][0]["held"]["amount"] == "30.00"
