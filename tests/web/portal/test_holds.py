"""Holds: what is frozen and why, what became of it, and others' as if they were not there."""

from __future__ import annotations

import pytest

from builders import an_instruction, money
from tael.wallet.deduct import deduct
from tael.wallet.freeze import freeze
from tael.wallet.unfreeze import unfreeze
from tael.web.portal import lists
from web.portal.conftest import plain


def a_hold(wallet, amount: str = "60", reason: str = "hotel") -> int:
    return freeze(
        wallet=wallet, amount=money(amount), reason=reason, instruction=an_instruction()
    ).hold


def test_open_holds_are_listed_and_closed_ones_when_asked(browser, wallet):
    first, second = a_hold(wallet), a_hold(wallet, "20", "taxi")
    unfreeze(wallet=wallet, amount=money("20"), hold=second, instruction=an_instruction())

    assert "hotel" in browser.read("/portal/holds")
    assert "taxi" not in browser.read("/portal/holds")
    assert "taxi" in browser.read("/portal/holds?all=1")
    assert f"/portal/holds/{first}" in browser.read("/portal/holds")


def test_a_hold_tells_what_became_of_it(browser, wallet):
    number = a_hold(wallet)
    deduct(wallet=wallet, amount=money("36.80"), hold=number, instruction=an_instruction())

    shown = plain(browser.read(f"/portal/holds/{number}"))

    assert "23.20 CNY" in shown
    assert "used 36.80 CNY" in shown


def test_pages_neither_lose_nor_double_a_hold(browser, wallet, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    for reason in ("one", "two", "three"):
        a_hold(wallet, "1", reason)

    first = browser.read("/portal/holds")
    second = browser.read(f"/portal/holds?before={2}")

    assert "three" in first
    assert "two" in first
    assert "one" not in plain(first).partition("Holds A hold")[2]
    assert "one" in second


@pytest.mark.rule("T14")
def test_anothers_hold_is_answered_as_one_that_does_not_exist(stranger, wallet):
    number = a_hold(wallet)

    foreign, absent = stranger.get(f"/portal/holds/{number}"), stranger.get("/portal/holds/999")

    assert foreign.status_code == absent.status_code == 404
    assert plain(foreign.content.decode()) == plain(absent.content.decode())
    assert "hotel" not in stranger.read("/portal/holds?all=1")
