"""Recharge orders on pages: found by any number, looked into with all that was said, closed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from builders import AT, a_wallet, an_instruction, money, queries
from tael.channels.gateways import registry
from tael.channels.gateways.base import Notice, NoticeRefused
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.parties.queries import audit_trail
from tael.wallet.notice import receive_notice
from tael.wallet.order_search import notices_to_look_into
from tael.wallet.recharge_order import create_order, order, order_number
from visits import staff_client
from web.form_keys import a_form_key

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.rule("F-25")]

EVIL = b'<script>alert(1)</script>\x00\xff"><img src=x onerror=alert(2)>'


@pytest.fixture
def alipay(monkeypatch) -> SignedTestGateway:
    gateway = SignedTestGateway(
        channel="Alipay", merchant="tael", secrets=(b"a secret of the test gateway",)
    )
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})
    return gateway


@pytest.fixture
def wallet(db):
    return a_wallet()


def an_order(wallet, text: str = "12.00", **given):
    told = an_instruction(channel="Alipay", **given)
    return create_order(owner=wallet.owner, amount=money(text), instruction=told)


def paid(
    gateway, number: str, amount: str = "12.00", *, event: str = "e1", currency: str = "CNY"
) -> None:
    notice = Notice(
        order_number=number,
        gateway_number=f"G-{event}",
        event_id=event,
        amount=amount,
        currency=currency,
        status="paid",
    )
    signed = gateway.pay(notice, at=AT)
    receive_notice(raw=signed.raw, headers=signed.headers, channel="Alipay", at=AT)


def numbers(client, **query) -> list[int]:
    answer = client.get("/backoffice/orders", query)
    assert answer.status_code == 200
    return [row["number"] for row in answer.context["rows"]]


def test_orders_are_found_by_any_of_their_numbers_and_by_filters(wallet, alipay):
    first = an_order(wallet, pno="P-77").pk
    second = an_order(wallet, "20.00").pk
    paid(alipay, order_number(order(first)))
    client = staff_client("support")

    assert numbers(client) == [second, first]
    for number in (str(first), f"R{first}", "P-77", "G-e1"):
        assert numbers(client, number=number) == [first], number
    assert numbers(client, state="success") == [first]
    assert numbers(client, currency="CNY", least="12.01") == [second]
    assert numbers(client, channel="Alipay", customer=str(wallet.owner)) == [second, first]
    assert numbers(client, since="2026-03-01", until="2026-03-01") == [second, first]
    assert numbers(client, since="2026-03-02") == []
    assert numbers(client, before=str(second)) == [first]


@pytest.mark.rule("T8")
def test_one_order_shows_every_notice_with_its_verdict_and_what_was_credited(wallet, alipay):
    row = an_order(wallet)
    paid(alipay, order_number(row), "5.00", event="e1")
    paid(alipay, order_number(row), "5.00", event="e1")
    paid(alipay, order_number(row), "7.00", event="e2")

    answer = staff_client("auditor").get(f"/backoffice/orders/{row.pk}")

    verdicts = [str(notice["verdict"]) for notice in answer.context["notices"]]
    assert verdicts[0] == "credited, less than due"
    assert verdicts[-1] == "credited in full"
    assert [payment["credited"].text for payment in answer.context["payments"]] == ["5.00", "7.00"]
    assert order_number(row) in answer.context["notices"][0]["raw"]


@pytest.mark.rule("T8")
def test_a_notice_that_is_an_attack_is_shown_as_text(alipay):
    with suppress(NoticeRefused):
        receive_notice(raw=EVIL, headers={"X-<b>": "<i>"}, channel="Alipay", at=AT)
    client = staff_client("support")
    (row,) = client.get("/backoffice/notices", {"verdict": "refused"}).context["rows"]

    text = client.get(f"/backoffice/notices/{row['number']}").content.decode()

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u0000\\xff" in text
    assert "&lt;i&gt;" in text


def test_money_without_a_place_is_listed_with_its_notice(alipay):
    paid(alipay, "R999", "3.00")

    (row,) = staff_client("support").get("/backoffice/suspense").context["rows"]

    assert (row["aside"].text, row["order"], row["number"]) == ("3.00", None, "G-e1")
    assert staff_client("support").get(f"/backoffice/notices/{row['notice']}").status_code == 200


def test_what_a_person_has_to_look_into_is_counted_and_stands_in_one_list(wallet, alipay):
    paid(alipay, order_number(an_order(wallet)))
    paid(alipay, "R999", event="e2", currency="ZZZ")

    (row,) = staff_client("support").get("/backoffice/notices", {"verdict": "look"}).context["rows"]

    assert str(row["verdict"]) == "not booked: unknown currency"
    assert notices_to_look_into(since=AT) == 1
    assert notices_to_look_into(since=AT + timedelta(seconds=1)) == 0


@pytest.mark.rule("T9")
def test_an_order_is_closed_once_and_by_somebody(wallet):
    row, client, key = an_order(wallet), staff_client("finance_maker"), a_form_key()
    where = f"/backoffice/orders/{row.pk}/close"

    answers = [client.post(where, {"key": key}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert order(row.pk).state == "closed"
    trail = audit_trail(subject=f"recharge_order:{row.pk}")
    assert [record.action for record in trail] == ["recharge_order.close"]
    assert client.post("/backoffice/orders/99/close", {"key": key}).status_code == 404
    assert staff_client("auditor").post(where, {"key": key}).status_code == 403


def test_an_order_that_was_paid_cannot_be_closed(wallet, alipay):
    row = an_order(wallet)
    paid(alipay, order_number(row))
    client = staff_client("finance_maker")

    answer = client.post(f"/backoffice/orders/{row.pk}/close", {"key": a_form_key()})

    assert (answer.status_code, b"move_not_allowed" in answer.content) == (409, True)
    assert b"Close the order" not in answer.content


def test_lists_ask_no_query_per_row(wallet, alipay):
    client = staff_client("support")
    for pages in (("orders",), ("notices",), ("suspense",)):
        paid(alipay, "R998", "1.00", event=f"first-{pages[0]}")
        an_order(wallet)
        client.get(f"/backoffice/{pages[0]}")
        with queries() as few:
            client.get(f"/backoffice/{pages[0]}")
        for turn in range(5):
            an_order(wallet)
            paid(alipay, "R998", "1.00", event=f"{pages[0]}-{turn}")
        with queries() as many:
            client.get(f"/backoffice/{pages[0]}")
        assert len(many) == len(few), pages
