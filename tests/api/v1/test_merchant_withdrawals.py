"""Merchants' withdrawals over HTTP: quoted, applied for once, held, cancelled, finished, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.client import a_key
from api.v1.test_files import fetch
from builders import a_payee
from settlement_builders import amount_of, some_terms
from settlement_payout_builders import PAID_ON, an_account_with, an_application, in_state, now
from tael.settlement.lifecycles import PayoutState
from tael.settlement.models import MerchantWithdrawal
from tael.settlement.payouts.paying import Paid, pay_payouts

if TYPE_CHECKING:
    from api.client import Caller

pytestmark = pytest.mark.usefixtures("house")

PATH = "/merchant-withdrawals"


def asked(account, amount="40.00", **given):
    return {
        "account": account.number,
        "amount": {"amount": amount, "currency": "CNY"},
        "payee": a_payee(account.owner),
        **given,
    }


@pytest.mark.rule("B-33", "B-34", "A16")
def test_a_quote_gives_the_figures_and_every_reason(house: Caller) -> None:
    account = an_account_with("50.00")
    some_terms(account, minimum_manual=5000, fee="1%")

    body = house.post(f"{PATH}/quote", asked(account, "60.00", payee=999), key=None).body

    assert (body["qualified"], body["fee"]["amount"]) == (False, "0.60")
    assert {one["code"] for one in body["reasons"]} == {"withdrawal_not_qualified", "unknown_payee"}
    assert MerchantWithdrawal.objects.count() == 0


@pytest.mark.rule("B-35", "B-37")
def test_an_application_takes_the_money_once(house: Caller) -> None:
    account = an_account_with("100.00")
    wanted = asked(account)

    first = house.post(PATH, wanted, key="k1")
    again = house.post(PATH, wanted, key="k1")

    assert (first.status, first.body["trade_state"], first.body["net"]["amount"]) == (
        201,
        "applying",
        "40.00",
    )
    assert (again.replayed, again.body) == (True, first.body)
    assert amount_of(account) == "60.00"
    assert house.post(PATH, asked(account, "1.00"), key="k1").code == "key_reused"


def test_a_dry_run_leaves_nothing(house: Caller) -> None:
    account = an_account_with("100.00")

    done = house.post(PATH, asked(account), dry_run="true")

    assert (done.body["number"], done.body["dry_run"]) == (None, True)
    assert (MerchantWithdrawal.objects.count(), amount_of(account)) == (0, "100.00")


@pytest.mark.rule("A18", "A21")
def test_an_application_is_held_released_and_cancelled(house: Caller) -> None:
    account = an_account_with("100.00")
    number = an_application(account, "40.00").pk

    held = house.post(f"{PATH}/{number}/hold", {"reason": "looked into"}).body
    released = house.post(f"{PATH}/{number}/release").body
    cancelled = house.post(f"{PATH}/{number}/cancel", {}).body

    states = [one["payout_state"] for one in (held, released, cancelled)]
    assert states == ["held", "waiting", "cancelled"]
    assert amount_of(account) == "100.00"
    assert house.post(f"{PATH}/{number}/hold", {"reason": "x"}).code == "withdrawal_move_refused"


@pytest.mark.rule("B-35", "B-36")
def test_what_was_paid_gets_its_flow_number_and_may_come_back(house: Caller) -> None:
    account = an_account_with("100.00")
    number = in_state(PayoutState.EXPORTED, account, "40.00").pk
    pay_payouts([Paid(number, "Alipay", PAID_ON)], instruction=now())

    done = house.post(f"{PATH}/{number}/flow-number", {"flow_number": "2026-77"}).body
    back = house.post(f"{PATH}/{number}/bounce", {"reason": "account closed"}).body

    assert (done["trade_state"], done["flow_number"]) == ("succeeded", "2026-77")
    assert (back["trade_state"], back["payout_state"]) == ("failed", "returned")
    assert amount_of(account) == "100.00"


@pytest.mark.rule("A32")
def test_a_payout_is_explained_to_the_cent(house: Caller) -> None:
    account = an_account_with("100.00")
    number = an_application(account, "40.00").pk

    body = house.get(f"{PATH}/{number}/explained").body

    assert [(one["what"], one["came"]["amount"]) for one in body["parts"]] == [("bill", "100.00")]
    figures = [body[name]["amount"] for name in ("opening", "there", "amount", "left")]
    assert (figures, body["adds_up"]) == (["0.00", "100.00", "40.00", "60.00"], True)


@pytest.mark.rule("A39")
def test_applications_are_found_added_up_and_downloaded(house: Caller) -> None:
    account = an_account_with("100.00")
    one, two = (an_application(account, amount).pk for amount in ("1.00", "2.00"))
    held = in_state(PayoutState.HELD, account, "3.00").pk

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in house.get(f"{PATH}?{query}").body["data"]]

    assert numbers("") == [held, two, one]
    assert numbers("payout=held") == [held]
    assert numbers("payout=open&limit=2") == [held, two]
    assert numbers("currency=CNY&least=2.00&most=2.50") == [two]
    (total,) = house.get(f"{PATH}/totals").body["data"]
    assert (total["withdrawals"], total["amount"]["amount"]) == (3, "6.00")
    assert str(held).encode() in fetch(house, f"{PATH}/file?format=csv").content
    assert fetch(house, f"{PATH}/{one}/file?format=pdf").content.startswith(b"%PDF")


def test_a_merchants_key_reaches_his_own_only() -> None:
    account, other = an_account_with("100.00"), an_account_with("100.00")
    number = an_application(other, "1.00").pk
    his = a_key(customer=account.owner)

    assert his.post(PATH, asked(account)).status == 201
    assert his.post(PATH, asked(other)).status == 404
    for address in (f"{PATH}/{number}", f"{PATH}/{number}/explained"):
        assert his.get(address).status == 404
    assert his.post(f"{PATH}/{number}/cancel", {}).status == 404
    assert his.post(f"{PATH}/{number}/release").status == 403
    assert his.get(f"{PATH}?account={other.number}").status == 404
    assert [one["owner"] for one in his.get(PATH).body["data"]] == [account.owner]
    assert amount_of(other) == "99.00"


@pytest.mark.rule("A17", "B-36")
def test_a_rule_is_set_shown_and_rehearsed(house: Caller) -> None:
    account = an_account_with("100.00")
    wanted = {"payee": a_payee(account.owner), "schedule": "day", "keep_back": "30.00"}
    assert house.get(f"/payout-rules/{account.number}").code == "unknown_payout_rule"

    done = house.post(f"/payout-rules/{account.number}", wanted).body
    look = house.get(f"/payout-rules/{account.number}/rehearsal").body
    run = house.get("/payout-rules/rehearsal").body

    assert (done["proposal"], done["rule"]["keep_back"]["amount"]) == (None, "30.00")
    assert (look["outcome"], look["net"]["amount"]) == ("pays", "70.00")
    assert (run["looked"], run["data"]) == (1, [look])
    assert house.get("/payout-rules?state=off").body["data"] == []
    assert MerchantWithdrawal.objects.count() == 0


def test_a_merchant_sets_his_own_rule_only() -> None:
    account, other = an_account_with("100.00"), an_account_with("100.00")
    his = a_key(customer=account.owner)

    assert (
        his.post(f"/payout-rules/{account.number}", {"payee": a_payee(account.owner)}).status == 200
    )
    assert his.post(f"/payout-rules/{other.number}", {"payee": a_payee(other.owner)}).status == 404
    assert his.get("/payout-rules/rehearsal").status == 403
    bad = {"payee": a_payee(account.owner), "day": 29}
    assert his.post(f"/payout-rules/{account.number}", bad).code == "payout_rule_malformed"
