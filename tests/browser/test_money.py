"""From signing in to the books: a customer's money, in both languages, in a real browser."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

WALLET = 100001  # Li Hua's yuan
pytestmark = pytest.mark.usefixtures("in_turn")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


def moved(before: tuple[Decimal, ...], after: tuple[Decimal, ...]) -> tuple[str, ...]:
    return tuple(str(new - old) for old, new in zip(before, after, strict=True))


@LANGUAGES
@pytest.mark.rule("F-25")
def test_a_recharge_is_paid_at_the_gateway_and_credited_when_it_says_so(visit, language):
    li = visit("portal", "li", language=language)
    before = li.figures(WALLET)
    li.do("recharge", wallet=str(WALLET), channel="Alipay", amount="12.34")
    order = li.page.url
    assert li.figures(WALLET) == before  # an order moves nothing

    li.press("main a.btn-primary")
    assert not li.page.url.startswith(li.place.address)
    li.press("button[name=act][value=pay]")
    li.page.goto(order)
    li.page.wait_for_selector("main .badge-success, main [data-state=succeeded]", timeout=60_000)

    assert moved(before, li.figures(WALLET)) == ("12.34", "0.00", "0.00")


@LANGUAGES
@pytest.mark.rule("F-08", "F-27")
def test_a_purchase_takes_the_locked_funds_first(visit, language):
    li = visit("portal", "li", language=language)
    before = li.figures(WALLET)
    assert before[1] >= 10

    li.do("pay", wallet=str(WALLET), amount="10.00", pno="shop-1", info="Tea 茶")

    assert moved(before, li.figures(WALLET)) == ("-10.00", "-10.00", "0.00")
    assert "Tea 茶" in li.reads


@LANGUAGES
@pytest.mark.rule("F-28")
def test_a_transfer_names_its_recipient_before_it_is_confirmed(visit, language):
    li = visit("portal", "li", language=language)
    before = li.figures(WALLET)
    li.go("transfer")
    li.fill(wallet=str(WALLET), by="customer", to="10013", amount="5.00")
    li.press("main button[name=step][value=check]")
    assert "Chen Jing" not in li.reads  # a name is masked
    assert li.figures(WALLET) == before
    li.press("main button[name=step][value=confirm]")

    assert moved(before, li.figures(WALLET)) == ("-5.00", "0.00", "0.00")


@LANGUAGES
@pytest.mark.rule("F-33")
def test_a_withdrawal_is_approved_and_another_one_refused(visit, language):
    li, maker = visit("portal", "li", language=language), visit("backoffice", "maker")
    before = li.figures(WALLET)
    for amount in ("20.00", "30.00"):
        li.do("withdraw", wallet=str(WALLET), payee="1", amount=amount)
        number = re.search(r"withdrawals/(\d+)", li.page.url)[1]
        liquid, locked, _ = moved(before, li.figures(WALLET))
        assert (liquid, locked) == (f"-{amount}", "0.00")
        maker.go(f"withdrawals/{number}")
        if amount == "20.00":
            maker.press("form[action$=approve] button")
            assert moved(before, li.figures(WALLET)) == ("-20.00", "0.00", "0.00")
            before = li.figures(WALLET)
        else:
            maker.fill(reason="the account is unknown to the bank")
            maker.press("form[action$=refuse] button")
            assert li.figures(WALLET) == before
            li.go(f"withdrawals/{number}")
            assert "the account is unknown to the bank" in li.reads


@LANGUAGES
@pytest.mark.rule("F-37")
def test_an_exchange_shows_what_arrives_and_gives_that(visit, language):
    li = visit("portal", "li", language=language)
    yuan, dollars = li.figures(WALLET), li.figures(100003)
    li.go("exchange")
    li.fill(wallet=str(WALLET), target="100003", amount="100.00")
    li.press("main button[name=step][value=check]")
    arrives = Decimal(re.search(r"(\d+\.\d\d) USD", li.reads)[1])
    li.press("main button[name=step][value=confirm]")

    assert moved(yuan, li.figures(WALLET)) == ("-100.00", "0.00", "0.00")
    assert li.figures(100003)[0] - dollars[0] == arrives > 0


@LANGUAGES
@pytest.mark.rule("F-24")
def test_a_card_is_issued_shown_once_and_redeemed_once(visit, language):
    maker = visit("backoffice", "maker")
    maker.go("cards/issue")
    maker.fill(currency="CNY", amount="50.00", count="1")
    maker.press("main form button[type=submit], main form button.btn-primary")
    code = re.search(r"\b[0-9A-Z]{4,}(?:-[0-9A-Z]{4,}){2,}\b", maker.reads)[0]
    with maker.refused(409):  # the form is sent once more
        maker.page.reload()
    assert code not in maker.reads

    li = visit("portal", "li", language=language)
    before = li.figures(WALLET)
    li.do("redeem", code=code)
    assert moved(before, li.figures(WALLET))[0] == "50.00"
    li.go("redeem")
    li.fill(code=code)
    with li.refused(409):
        li.press("main button[name=step][value=check]")
    assert li.figures(WALLET)[0] - before[0] == 50
