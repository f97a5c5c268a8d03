"""T8: every row of the callback table, against the sandbox gateway over real sockets.

Nothing is faked: the payer pays on the gateway's page, the gateway posts to our API, an operator of the
gateway makes it misbehave on its control page.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from builders import AT, a_wallet, an_instruction, figures, money
from conftest import a_database, assert_books_balance, forget
from faults.gateway_place import Place, newest_notice, verdicts
from tael import books, ledger
from tael.channels.gateways import registry
from tael.channels.house import suspense_account
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases
from tael.wallet.deduct import deduct
from tael.wallet.models import GatewayNotice
from tael.wallet.queries import debt_of
from tael.wallet.recharge_order import close_order, expire_orders, order, order_number
from tael.wallet.silent_orders import ask_about
from tael.web.database import point


@pytest.fixture(scope="module")
def both(pg: Databases, tmp_path_factory) -> Iterator[tuple[Place, Databases]]:
    with a_database(pg) as databases:
        place = Place(databases, Path(tmp_path_factory.mktemp("place")))
        try:
            place.start()
            yield place, databases
        finally:
            place.stop()


@pytest.fixture
def place(both, monkeypatch) -> Iterator[Place]:
    """Both programs, behaving well; what the test leaves behind must balance."""
    place, databases = both
    point("default", databases.app_dsn)
    monkeypatch.setattr(registry, "_gateways", lambda: place.gateways)
    yield place
    place.settled()
    place.behave()
    forget()
    assert_books_balance(databases)
    point("default", databases.app_dsn)


def alarms(after: int) -> set[str]:
    subjects = {f"gateway_notice:{number}" for number in range(after + 1, newest_notice() + 1)}
    rows = AuditRecord.objects.filter(action__startswith="gateway.", subject__in=subjects)
    return set(rows.values_list("action", flat=True))


def in_suspense(currency: str) -> int:
    return ledger.balance(books.connection(), suspense_account(currency))


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the gateway signs by the clock


@pytest.mark.rule("F-25", "SM-01")
def test_a_payment_is_credited_when_the_gateway_says_so(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()

    place.pay(row)
    place.settled()

    assert verdicts(before) == ["credited"]
    assert place.last_attempt() == (200, "success")
    assert (order(row.pk).state, figures(wallet)[0]) == ("success", "10.00")
    assert order(row.pk).gateway_number.startswith("SBX")


def test_a_cent_pays_a_cent_and_the_rest_can_be_paid_later(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()

    place.pay(row, "0.01")
    place.settled()
    assert (order(row.pk).state, figures(wallet)[0]) == ("partial", "0.01")
    place.pay(order(row.pk))
    place.settled()

    assert verdicts(before) == ["partial", "credited"]
    assert (order(row.pk).state, figures(wallet)[0]) == ("success", "10.00")


def test_a_cent_too_much_is_the_customers(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()

    place.pay(row, "10.01")
    place.settled()

    assert verdicts(before) == ["surplus"]
    assert (order(row.pk).state, figures(wallet)[0]) == ("success", "10.01")


def test_a_payment_in_another_currency_waits_in_suspense_and_people_are_told(place):
    wallet = a_wallet()
    row, before, had = place.order(wallet), newest_notice(), in_suspense("USD")
    path = place.at_payment(row)

    place.operate(path, "send", currency="USD", number="OTHER-USD", event="")
    place.settled()

    assert verdicts(before) == ["suspense_currency"]
    assert alarms(before) == {"gateway.suspense_currency"}
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")
    assert in_suspense("USD") - had == 1000


def test_money_for_an_order_that_nobody_knows_waits_in_suspense(place):
    row, before, had = place.order(a_wallet()), newest_notice(), in_suspense("CNY")
    path = place.at_payment(row)

    for number, name in enumerate(("R999999999", "186", "R0x1F", "R-1")):
        place.operate(path, "send", order=name, number=f"LOST-{number}", event="")
    place.settled()

    assert verdicts(before) == ["suspense_order"] * 4
    assert order(row.pk).state == "created"
    assert in_suspense("CNY") - had == 4000


def test_one_payment_cannot_be_told_for_two_orders(place):
    wallet = a_wallet()
    paid, other = place.order(wallet), place.order(wallet)
    path = place.pay(paid)
    place.settled()
    before = newest_notice()

    place.operate(path, "send", order=order_number(other), event="")
    place.settled()

    assert verdicts(before) == ["repeated"]
    assert (order(other.pk).state, figures(wallet)[0]) == ("created", "10.00")


UNBELIEVABLE = {
    "another secret": ({"seal": "another_secret"}, 401, "notice_forged"),
    "genuine, of another merchant": ({"seal": "another_merchant"}, 401, "notice_forged"),
    "ours, for another merchant": ({"merchant": "tael-wechat"}, 401, "notice_for_another"),
    "from the live environment": (
        {"environment": "live"},
        401,
        "notice_from_other_environment",
    ),
    "empty signature": ({"seal": "empty"}, 401, "notice_unsigned"),
    "no signature": ({"seal": "missing"}, 401, "notice_unsigned"),
    "truncated signature": ({"seal": "truncated"}, 401, "notice_forged"),
    "written in other bytes": ({"body": "reserialised"}, 401, "notice_forged"),
    "301 seconds old": ({"shift": "-301"}, 401, "notice_untimely"),
    "302 seconds early": ({"shift": "302"}, 401, "notice_untimely"),
    "a name twice": ({"body": "amount_twice"}, 422, "notice_unreadable"),
    "a hundred kilobytes": ({"body": "large"}, 422, "notice_too_large"),
    "no JSON": ({"body": "no_json"}, 422, "notice_unreadable"),
    "a tenth of a cent": ({"amount": "10.001"}, 422, "notice_unreadable"),
    "less than nothing": ({"amount": "-10.00"}, 422, "notice_unreadable"),
    "not a number": ({"amount": "NaN"}, 422, "notice_unreadable"),
    "an exponent": ({"amount": "1e3"}, 422, "notice_unreadable"),
}


@pytest.mark.rule("F-25", "F-38")
@pytest.mark.parametrize("case", UNBELIEVABLE)
def test_what_cannot_be_believed_is_kept_and_changes_nothing(place, case):
    told, status, code = UNBELIEVABLE[case]
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.at_payment(row)

    place.operate(path, "send", event="", **told)
    place.settled()

    answered, text = place.last_attempt()
    assert answered == status, text
    assert code in text
    assert verdicts(before) == ["refused"]
    kept = GatewayNotice.objects.order_by("-pk")[0]
    assert kept.detail.startswith(code)
    assert kept.size > 0
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")


def test_a_body_of_a_megabyte_is_not_even_read(place):
    row, before = place.order(a_wallet()), newest_notice()

    place.operate(place.at_payment(row), "send", body="huge", event="")
    place.settled()

    assert place.last_attempt()[0] in {413, None}  # or the door is shut while it is still sending
    assert verdicts(before) == []
    assert order(row.pk).state == "created"


def test_a_signature_that_stands_twice_is_one_signature(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()

    place.operate(place.at_payment(row), "send", seal="twice", event="")
    place.settled()

    assert verdicts(before) == ["credited"]
    assert figures(wallet)[0] == "10.00"


def test_five_notices_that_cannot_be_believed_raise_the_alarm(place):
    row, before = place.order(a_wallet()), newest_notice()
    path = place.at_payment(row)

    place.operate(path, "send", seal="another_secret", copies="5", event="")
    place.settled()

    assert verdicts(before) == ["refused"] * 5
    assert alarms(before) == {"gateway.refusals"}


def test_a_hundred_copies_side_by_side_are_one_payment(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    place.behave(copies=100)

    place.pay(row)
    place.settled()

    assert sorted(verdicts(before)) == ["credited", *["repeated"] * 99]
    assert figures(wallet)[0] == "10.00"


def test_the_same_payment_under_new_events_is_one_payment(place):
    wallet = a_wallet()
    row = place.order(wallet)
    path = place.pay(row)
    place.settled()
    before = newest_notice()

    for _ in range(3):
        place.operate(path, "send", event="")
    place.settled()

    assert verdicts(before) == ["repeated"] * 3
    assert figures(wallet)[0] == "10.00"


def test_a_refund_of_what_was_never_paid_changes_nothing_and_people_are_told(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.at_payment(row)

    place.operate(path, "send", status="refunded", event="")
    place.settled()
    assert (verdicts(before), alarms(before)) == (
        ["refund_unmatched"],
        {"gateway.refund_unmatched"},
    )
    place.pay(row)
    place.settled()

    assert verdicts(before)[1:] == ["credited"]
    assert figures(wallet)[0] == "10.00"


def test_refunds_take_back_what_was_paid_and_never_more(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.pay(row)
    place.settled()

    place.operate(path, "refund", amount="4.00")
    place.operate(path, "refund", amount="6.00")
    place.settled()
    assert figures(wallet)[0] == "0.00"
    place.operate(path, "send", status="refunded", amount="1.00", event="")
    place.settled()

    assert verdicts(before) == ["credited", "refunded", "refunded", "refund_unmatched"]
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("0"))


def test_a_chargeback_of_money_that_is_spent_is_owed(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.pay(row)
    place.settled()
    deduct(wallet=wallet, amount=money("7.00"), instruction=an_instruction())

    place.operate(path, "refund", amount="10.00")
    place.settled()

    assert verdicts(before) == ["credited", "refunded_into_debt"]
    assert alarms(before) == {"gateway.refunded_into_debt"}
    assert (figures(wallet)[0], debt_of(wallet)) == ("0.00", money("7.00"))


def test_money_for_a_closed_order_and_for_one_that_expired_is_the_customers(place):
    wallet = a_wallet()
    closed = place.order(wallet)
    expired = place.order(wallet, expires_at=AT + timedelta(hours=1))
    before = newest_notice()
    at_closed, at_expired = place.at_payment(closed), place.at_payment(expired)
    close_order(order=closed.pk, at=AT)
    expire_orders(at=AT + timedelta(hours=2))

    assert place.browser.do(at_closed, act="pay").status_code == httpx.codes.SEE_OTHER
    place.operate(at_expired, "send", event="")  # its page takes no money any more
    place.settled()

    assert verdicts(before) == ["late", "late"]
    assert figures(wallet)[0] == "20.00"
    assert (order(closed.pk).state, order(expired.pk).state) == ("closed", "expired")


def test_a_declined_payment_and_words_of_a_newer_gateway_are_recorded_only(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    path = place.at_payment(row)

    place.browser.do(path, act="decline")
    place.operate(path, "send", status="on_hold", event="")
    place.settled()

    assert verdicts(before) == ["recorded", "recorded"]
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")
    place.pay(row)  # another attempt of the payer is another payment
    place.settled()
    assert figures(wallet)[0] == "10.00"


def test_the_browsers_return_proves_nothing(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    back = f"{place.site.address}/portal/orders/{row.pk}"
    path = place.at_payment(row, back)

    shown = place.browser.see(path).text
    assert f"{back}?order={order_number(row)}&amp;status=cancelled" in shown
    for status in ("paid", "success", "cancelled"):
        told = {"order": order_number(row), "status": status, "amount": "10.00"}
        place.browser.see(back, params=told)
        place.browser.client.post(back, data=told)

    assert verdicts(before) == []
    assert (order(row.pk).state, figures(wallet)[0]) == ("created", "0.00")


def test_a_silent_gateway_is_asked_and_its_late_notice_does_nothing_more(place):
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    place.pay(row, "4.00")
    place.settled()
    place.behave(keep_back=True)
    place.pay(order(row.pk), "7.00")
    assert (verdicts(before), figures(wallet)[0]) == (["partial"], "4.00")

    assert [one.verdict for one in ask_about(row.pk, at=now())] == ["surplus"]
    assert ask_about(row.pk, at=now()) == []
    assert (order(row.pk).state, figures(wallet)[0]) == ("success", "11.00")

    place.release("in_order")
    assert verdicts(before) == ["partial", "surplus", "repeated"]
    assert figures(wallet)[0] == "11.00"


def test_notices_out_of_order_end_at_the_same_figures(place):
    wallet = a_wallet()
    first, second = place.order(wallet), place.order(wallet, "5.00")
    place.behave(keep_back=True)
    before = newest_notice()
    place.pay(first, "3.00")
    place.pay(second)

    place.release("newest_first")
    assert verdicts(before) == ["credited", "partial"]
    place.behave()
    place.pay(order(first.pk))
    place.settled()

    assert figures(wallet)[0] == "15.00"
    assert (order(first.pk).state, order(second.pk).state) == ("success", "success")


def test_a_refund_that_overtakes_its_payment_is_for_people(place):
    """Money that was given back is credited; the alarm says so, and nothing is booked by guessing."""
    wallet = a_wallet()
    row, before = place.order(wallet), newest_notice()
    place.behave(keep_back=True)
    place.operate(place.pay(row), "refund", amount="10.00")

    place.release("newest_first")

    assert verdicts(before) == ["refund_unmatched", "credited"]
    assert alarms(before) == {"gateway.refund_unmatched"}
    assert figures(wallet)[0] == "10.00"


def test_everything_the_gateway_sent_is_kept_as_it_came_and_answered_within_a_second(place):
    row, before = place.order(a_wallet()), newest_notice()
    begun = time.monotonic()
    place.pay(row)
    place.settled()
    seconds = time.monotonic() - begun

    kept = GatewayNotice.objects.get(pk=newest_notice())
    sent = place.store.rows("SELECT * FROM notice ORDER BY id DESC LIMIT 1")[0]
    assert newest_notice() == before + 1
    assert bytes(kept.raw) == sent["facts"].encode()
    assert kept.headers["Webhook-Id"] == sent["event"]
    assert seconds < 5  # the payer's pages, the pause before sending, and the answer
    began = time.monotonic()
    answer = httpx.post(f"{place.site.address}/api/v1/callbacks/Alipay", content=b"{}")
    assert (answer.status_code, time.monotonic() - began < 1) == (422, True)


def test_a_notice_for_a_channel_without_a_gateway_is_refused_and_kept(place):
    before = newest_notice()

    answer = httpx.post(f"{place.site.address}/api/v1/callbacks/QQwallet", content=b"{}")

    assert answer.status_code == 404
    assert verdicts(before) == ["refused"]
