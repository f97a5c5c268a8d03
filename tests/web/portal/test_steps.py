"""Every form that moves money, confirmed twice in the same moment and from two tabs: one effect each."""

from __future__ import annotations

import pytest

from builders import (
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    figures,
    in_parallel,
    money,
)
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.payouts.queries import withdrawals
from tael.wallet.card import issue_cards
from tael.wallet.queries import orders
from tael.web.access.door import PORTAL_DOOR
from web.portal.conftest import Browser

pytestmark = pytest.mark.rule("T9")


def another_tab(browser: Browser) -> Browser:
    """A tab of the same browser."""
    tab = Browser()
    for name in (PORTAL_DOOR.cookie, "csrftoken"):
        tab.cookies[name] = browser.cookies[name].value
    return tab


def typed(form: str, wallet) -> dict[str, str]:
    """What is typed into a form to move 30.00 from the wallet."""
    given = {"wallet": str(wallet.number), "amount": "30"}
    if form == "transfer":
        return {**given, "by": "wallet", "to": str(a_wallet().number)}
    if form == "withdraw":
        return {**given, "payee": str(a_payee(wallet.owner))}
    if form == "exchange":
        a_rate("CNY/USD", "0.14")
        target = a_wallet(owner=wallet.owner, currency="USD")
        return {**given, "target": str(target.number)}
    if form == "recharge":
        return {**given, "channel": "Alipay"}
    if form == "redeem":
        issued = issue_cards(amount=money("30"), count=1, instruction=an_instruction())
        return {"code": issued.codes[0]}
    return given


LEFT = {
    "pay": ("1070.00", "70.00", "0.00"),
    "transfer": ("1070.00", "100.00", "0.00"),
    "withdraw": ("1070.00", "100.00", "30.00"),
    "exchange": ("1070.00", "100.00", "0.00"),
    "recharge": ("1100.00", "100.00", "0.00"),
    "redeem": ("1130.00", "100.00", "0.00"),
}


@pytest.mark.parametrize("form", LEFT)
def test_two_clicks_in_the_same_moment_have_one_effect_and_one_result(
    form, browser, wallet, monkeypatch
):
    gateway = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",)
    )
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    address = f"/portal/{form}"
    _, confirmed = browser.checked(address, **typed(form, wallet))
    tabs = [another_tab(browser) for _ in range(3)]

    answers = in_parallel(*[lambda tab=tab: tab.send(address, **confirmed) for tab in tabs])

    assert [answer.status_code for answer in answers] == [303] * 3, answers
    assert len({answer["Location"] for answer in answers}) == 1
    assert figures(wallet) == LEFT[form]
    assert len(withdrawals(owner=wallet.owner)) == (form == "withdraw")
    assert len(orders(owner=wallet.owner)) == (form == "recharge")
    assert browser.get(answers[0]["Location"]).status_code == 200


@pytest.mark.parametrize("form", LEFT)
def test_changing_something_shows_what_was_typed_and_the_same_key(
    form, browser, wallet, monkeypatch
):
    gateway = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",)
    )
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    given = typed(form, wallet)
    _, confirmed = browser.checked(f"/portal/{form}", **given)

    page = browser.send(f"/portal/{form}", **{**confirmed, "step": "change"}).content.decode()

    assert confirmed["key"] in page
    for text in given.values():
        assert f'value="{text}"' in page
    assert figures(wallet) == ("1100.00", "100.00", "0.00")


@pytest.mark.parametrize("form", LEFT)
def test_who_has_not_signed_in_is_asked_to_and_nothing_is_done(form, db):
    answer = Browser().get(f"/portal/{form}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/portal/sign-in")
