"""T8: every row of the callback table, against the sandbox gateway over real sockets.

Nothing is faked: the payer pays on the gateway's page, the gateway posts to our API, an operator of the
gateway makes it misbehave on its control page.
"""

from __future__ import annotations

import pytest

from builders import a_wallet, figures
from faults.gateway_place import Place, alarms, in_suspense, newest_notice, verdicts
from tael.wallet.models import GatewayNotice
from tael.wallet.recharge_order import order, order_number


@pytest.fixture
def place(gateway_place: Place) -> Place:
    return gateway_place


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
