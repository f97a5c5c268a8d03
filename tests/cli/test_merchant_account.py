"""`tael merchant`: accounts, terms and registries."""

from __future__ import annotations

import pytest


@pytest.fixture
def account(tael):
    owner = tael.json("customer", "register", "Corner Shop")["number"]
    return str(tael.json("merchant", "open", str(owner), "CNY")["number"])


@pytest.mark.rule("B-01", "B-30")
def test_an_account_is_opened_found_and_switched(tael, account):
    assert tael.json("merchant", "show", account)["amount"]["amount"] == "0.00"
    assert account in tael("merchant", "list", "corner").stdout
    assert tael.json("merchant", "disable", account, "--reason=fraud")["enabled"] is False
    assert tael.json("merchant", "enable", account, "--reason=cleared")["enabled"] is True
    assert tael.refusal("merchant", "show", "499999")["code"] == "unknown_merchant_account"


@pytest.mark.rule("B-27", "B-33")
def test_terms_are_agreed_on(tael, account):
    done = tael.json("merchant", "set-terms", account, "--cycle=day", "--minimum-manual=50")

    assert (done["cycle"], done["minimum_manual"]["amount"]) == ("day", "50.00")
    assert tael.json("merchant", "terms", account) == done
    assert len(tael.json("merchant", "terms", account, "--history")["data"]) == 1
    refused = tael.refusal("merchant", "set-terms", account, "--cycle=year")
    assert (refused["code"], refused["field"]) == ("terms_malformed", "cycle")


@pytest.mark.rule("B-13", "B-14")
def test_kinds_sources_and_calendar_days_are_registered(tael):
    tael.json("merchant", "add-kind", "phone", "Phone", "--hant=電話", "--unit=min")
    tael.json("merchant", "add-source", "shop", "Shop", "--zone=UTC", "--first-day=2026-01-01")
    tael.json("merchant", "set-day", "2026-10-01", "holiday", "--name=國慶節")

    assert "Phone" in tael("merchant", "kinds").stdout
    assert "shop" in tael("merchant", "sources").stdout
    assert tael.json("merchant", "calendar")["data"][0]["name"] == "國慶節"
    assert tael.json("merchant", "switch-kind", "phone", "off")["enabled"] is False
    assert tael.json("merchant", "switch-source", "shop", "off")["enabled"] is False
