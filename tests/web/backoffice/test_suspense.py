"""Money in suspense on pages: the list is the tile, one proposes, another confirms, a second click does nothing."""

from __future__ import annotations

import pytest

from builders import AT, a_wallet, figures
from staff_pages import read, words
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet.models import GatewayPayment, SuspenseProposal
from tael.wallet.suspense_return import ask_for_returns
from visits import staff_client
from wallet.gateway_play import an_order, in_suspense, sent, told
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(b"s" * 28,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def wallet():
    return a_wallet()


def lost(gateway, wallet, number: str = "G1") -> int:
    row = an_order(wallet)
    sent(gateway, told(row, number=number, event=f"e-{number}", order_number="R999999"))
    return GatewayPayment.objects.get(number=number, movement="paid").pk


def acted(client, address: str, **typed):
    return client.post(f"/backoffice/{address}", {"key": a_form_key(), **typed})


def test_the_tile_of_the_first_page_says_what_the_list_and_the_books_say(alipay, wallet):
    maker = staff_client("finance_maker")
    for number in ("G1", "G2", "G3"):
        lost(alipay, wallet, number)
    sent(alipay, told(an_order(wallet), number="G3", event="back", status="refunded"))

    tile = maker.get("/backoffice/").context["waiting"].in_suspense
    listed = maker.get("/backoffice/suspense").context

    assert [(one["items"], one["amount"]) for one in listed["totals"]] == [(2, tile.amounts[0])]
    assert tile.count == len(listed["rows"]) == 2
    assert sum(row["aside"].minor for row in listed["rows"]) == tile.amounts[0].minor
    assert tile.amounts[0].minor == in_suspense() == 2000


def test_one_proposes_and_another_places_it(alipay, wallet):
    maker, checker = staff_client("finance_maker"), staff_client("finance_checker")
    item = lost(alipay, wallet)
    typed = {"wallet": str(wallet.number), "reason": "his slip", "key": a_form_key()}

    twice = [acted(maker, f"suspense/{item}/place", **typed).status_code for _ in range(2)]
    number = SuspenseProposal.objects.get().pk
    assert twice == [303, 303]
    assert "his slip" in read(checker, f"/backoffice/suspense/{item}")
    key = a_form_key()
    again = [
        acted(checker, f"suspense-proposals/{number}/confirm", key=key).status_code
        for _ in range(2)
    ]

    assert again == [303, 303]
    assert figures(wallet)[0] == "10.00"
    assert checker.get("/backoffice/suspense").context["rows"] == []
    read(maker, f"/backoffice/suspense/{item}")


def test_one_proposes_and_another_lets_the_gateway_give_it_back(alipay, wallet):
    maker, checker = staff_client("finance_maker"), staff_client("finance_checker")
    item = lost(alipay, wallet)
    acted(maker, f"suspense/{item}/return", reason="not ours")
    number = SuspenseProposal.objects.get().pk

    acted(checker, f"suspense-proposals/{number}/confirm")
    read(maker, f"/backoffice/suspense/{item}")
    ask_for_returns(at=AT)

    assert in_suspense() == 0
    assert SuspenseProposal.objects.get().state == "done"


def test_a_proposal_is_dropped_with_a_reason_and_a_refusal_is_shown(alipay, wallet):
    maker, checker = staff_client("finance_maker"), staff_client("finance_checker")
    item = lost(alipay, wallet)

    wrong = acted(maker, f"suspense/{item}/place", wallet="7", reason="x")
    assert (wrong.status_code, SuspenseProposal.objects.count()) == (404, 0)
    acted(maker, f"suspense/{item}/place", wallet=str(wallet.number), reason="x")
    number = SuspenseProposal.objects.get().pk
    assert acted(checker, f"suspense-proposals/{number}/decline").status_code == 400
    acted(checker, f"suspense-proposals/{number}/decline", reason="look again")

    assert SuspenseProposal.objects.get().state == "dropped"
    assert "look again" in words(maker.get(f"/backoffice/suspense/{item}"))


@pytest.mark.rule("A23")
def test_an_item_is_taken_handed_over_and_given_another_type(alipay, wallet):
    maker, other = staff_client("finance_maker"), staff_client("finance_maker")
    item = lost(alipay, wallet)
    me, you = (client.get("/backoffice/").context["staff"] for client in (maker, other))

    taken = a_form_key()
    assert acted(maker, f"suspense/{item}/assign", owner=me.number, key=taken).status_code == 303
    acted(maker, f"suspense/{item}/assign", owner=you.number, reason="on leave")
    acted(
        maker, f"suspense/{item}/assign", owner=me.number, key=taken
    )  # the first form, sent again
    acted(other, f"suspense/{item}/type", type="wrong_amount")

    row = GatewayPayment.objects.get(pk=item)
    assert (row.suspense_owner, row.suspense_type) == (you.actor, "wrong_amount")
    assert "on leave" in words(maker.get(f"/backoffice/suspense/{item}"))
    found = {
        f"type=wrong_amount&owner={you.actor}": 1,
        "owner=nobody": 0,
        "band=old": 1,
        "band=week": 0,
    }
    for query, count in found.items():
        assert len(maker.get(f"/backoffice/suspense?{query}").context["rows"]) == count, query
    assert maker.get("/backoffice/suspense?band=ancient").status_code == 400
    assert acted(maker, f"suspense/{item}/assign", owner=999).status_code == 409
