"""The pages of webhooks: who is told, every attempt, and the secret once."""

from __future__ import annotations

import re

import pytest

from builders import queries
from outbox.receiving import STAFF, a_receiver, an_event, now
from staff_pages import fields, read, words
from tael.outbox.delivery import deliver_due
from tael.outbox.endpoint import add_endpoint
from tael.outbox.models import Attempt, Delivery, Endpoint
from visits import staff_client

pytestmark = pytest.mark.usefixtures("db")
LIST = "/backoffice/webhooks"
URL = "https://example.com/hooks"


def an_endpoint(url: str = URL) -> int:
    return add_endpoint(url=url, actor=STAFF, at=now()).endpoint.pk


def test_an_endpoint_is_added_and_its_secret_is_on_that_page_only():
    admin = staff_client("admin")
    form = fields(admin.get(f"{LIST}/add"))
    typed = {**form, "url": URL, "event_types": ["order.paid", "order.created"]}

    first, second = (admin.post(f"{LIST}/add", typed) for _ in range(2))

    (secret,) = set(re.findall(r"whsec_[0-9A-Za-z+/=]+", first.content.decode()))
    assert secret in second.content.decode(), "a double click shows the first result"
    assert first["Cache-Control"] == "no-store"
    endpoint = Endpoint.objects.get()
    assert endpoint.event_types == ["order.created", "order.paid"]
    for page in (LIST, f"{LIST}/{endpoint.pk}"):
        assert "whsec_" not in read(admin, page)


@pytest.mark.parametrize("url", ["", "http://example.com", "https://u:p@example.com", "nonsense"])
def test_an_address_that_cannot_be_is_refused_with_what_was_typed_and_the_same_key(url):
    admin = staff_client("admin")
    form = fields(admin.get(f"{LIST}/add"))

    answer = admin.post(f"{LIST}/add", {**form, "url": url, "description": "our shop"})

    assert answer.status_code == 400
    assert "webhook_url_malformed" in words(answer)
    assert fields(answer)["key"] == form["key"]
    assert 'value="our shop"' in answer.content.decode()


def test_a_delivery_shows_every_attempt_and_is_sent_again_once_per_form(monkeypatch):
    monkeypatch.setenv("TAEL_WEBHOOKS_TO_PRIVATE", "1")
    admin = staff_client("admin")
    with a_receiver() as receiver:
        receiver.answer = 500
        number = an_endpoint(receiver.url)
        an_event()
        deliver_due(endpoint=number, clock=now)
        page = f"{LIST}/deliveries/{Delivery.objects.get().pk}"
        text = read(admin, page)
        assert "answered 500" in text
        assert "order.created" in text
        assert "兩" in text

        receiver.answer = 200
        form = fields(admin.get(page))
        for _ in range(2):
            assert admin.post(f"{page}/resend", form).status_code == 303
            deliver_due(endpoint=number, clock=now)

        assert len(receiver.came) == 2
        assert Attempt.objects.count() == 2
        assert "Delivered" in read(admin, page)


def test_an_endpoint_is_switched_off_and_on_and_its_deliveries_are_listed():
    admin = staff_client("admin")
    number = an_endpoint()
    an_event()
    form = fields(admin.get(f"{LIST}/{number}"))
    admin.post(f"{LIST}/{number}/switch", {**form, "to": "off", "reason": "it moved"})

    assert "it moved" in read(admin, f"{LIST}/{number}")
    assert "Dropped" in read(admin, f"{LIST}?endpoint={number}&state=dropped")
    delivery = Delivery.objects.get().pk
    refused = admin.post(f"{LIST}/deliveries/{delivery}/resend", form)
    assert refused.status_code == 409
    assert "endpoint_disabled" in words(refused)

    admin.post(f"{LIST}/{number}/switch", {**form, "to": "on"})
    assert Endpoint.objects.get().disabled_at is None


def test_a_secret_is_rotated_once_per_form_and_shown_on_that_page_only():
    admin = staff_client("admin")
    number = an_endpoint()
    old = Endpoint.objects.get().secret
    page = f"{LIST}/{number}"
    form = fields(admin.get(page))

    first, second = (
        admin.post(f"{page}/rotate", {**form, "overlap_hours": "24"}) for _ in range(2)
    )
    (secret,) = set(re.findall(r"whsec_[0-9A-Za-z+/=]+", first.content.decode()))
    assert secret != old
    assert secret in second.content.decode(), "a double click rotates once"
    assert first["Cache-Control"] == "no-store"
    assert len(Endpoint.objects.get().old_secrets) == 1
    shown = read(admin, page)
    assert "whsec_" not in shown
    assert "the old one signs as well until" in shown


@pytest.mark.parametrize("hours", ["", "-1", "169", "a day", "99999", "٣"])
def test_hours_that_cannot_be_are_said_and_the_secret_stays(hours):
    admin = staff_client("admin")
    number = an_endpoint()
    old = Endpoint.objects.get().secret
    form = fields(admin.get(f"{LIST}/{number}"))

    answer = admin.post(f"{LIST}/{number}/rotate", {**form, "overlap_hours": hours})
    assert answer.status_code == 400
    assert "overlap_malformed" in words(answer)
    assert Endpoint.objects.get().secret == old


def test_a_test_event_is_sent_once_per_form_and_what_is_told_can_be_changed():
    admin = staff_client("admin")
    number = an_endpoint()
    page = f"{LIST}/{number}"
    form = fields(admin.get(page))
    for _ in range(2):
        assert admin.post(f"{page}/test", form).status_code == 303
    assert "endpoint.tested" in read(admin, f"{LIST}/deliveries/{Delivery.objects.get().pk}")
    assert "endpoint.tested" in read(admin, f"{LIST}?event=endpoint.tested")

    changed = {**form, "event_types": ["order.paid"], "description": "our shop"}
    assert admin.post(f"{page}/change", changed).status_code == 303
    endpoint = Endpoint.objects.get()
    assert (endpoint.event_types, endpoint.description) == (["order.paid"], "our shop")
    refused = admin.post(f"{page}/change", {**changed, "event_types": ["order.eaten"]})
    assert "unknown_event_type" in words(refused)
    assert 'value="our shop"' in refused.content.decode()


def test_an_auditor_sees_and_changes_nothing():
    auditor = staff_client("auditor")
    number = an_endpoint()

    assert "Add an endpoint" not in read(auditor, LIST)
    assert auditor.post(f"{LIST}/{number}/switch", {"to": "off"}).status_code == 403
    assert Endpoint.objects.get().disabled_at is None


@pytest.mark.parametrize(
    "query", ["endpoint=x", "state=lost", "event=order.eaten", "before=-1", "before=" + "9" * 30]
)
def test_a_filter_that_cannot_be_read_is_refused(query):
    assert "filter_malformed" in read(staff_client("auditor"), f"{LIST}?{query}", status=400)


def test_an_empty_list_says_what_to_do():
    assert "No program is told yet" in read(staff_client("admin"), LIST)


def test_the_list_asks_as_often_for_sixty_deliveries_as_for_two():
    auditor = staff_client("auditor")
    for _ in range(2):
        an_endpoint()
    counts = []
    for round_ in range(2):
        for number in range(1 + 29 * round_):
            an_event(f"order:{round_}:{number}")
        auditor.get(LIST)
        with queries() as seen:
            auditor.get(LIST)
        counts.append(len(seen))

    assert counts[0] == counts[1]
    assert f"{LIST}?before=".split("?")[1] in auditor.get(LIST).content.decode()
