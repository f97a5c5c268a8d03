"""Webhooks over HTTP: the secret once, every delivery with its attempts, and nothing done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from api.client import Caller, a_key
from outbox.receiving import a_receiver, an_event, now
from tael.outbox.delivery import deliver_due

if TYPE_CHECKING:
    from tael.postgres.connect import Databases

pytestmark = pytest.mark.rule("T25")

URL = "https://example.com/hooks"


def added(house: Caller, **other: Any) -> Any:
    reply = house.post("/webhooks", {"url": URL, **other})
    assert reply.status == 201, reply.body
    return reply.body


def test_a_webhook_is_added_once_per_key_and_its_secret_is_in_that_answer_only(
    house: Caller,
) -> None:
    body = {"url": URL, "event_types": ["order.paid"], "description": "our shop"}
    first, second = (house.post("/webhooks", body, key="one") for _ in range(2))
    number = first.body["number"]

    assert (first.status, first.replayed, second.replayed) == (201, False, True)
    assert first.body == second.body
    assert first.body["secret"].startswith("whsec_")
    shown = house.get(f"/webhooks/{number}")
    (listed,) = house.get("/webhooks").body["data"]
    assert b"whsec_" not in shown.raw + house.get("/webhooks").raw
    assert {**shown.body, "waiting": 0, "given_up": 0} == listed
    other = house.post("/webhooks", {"url": "https://example.com/b"}, key="one")
    assert (other.status, other.code) == (422, "key_reused")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"url": "http://example.com"}, "webhook_url_malformed"),
        ({"url": "https://a:b@example.com"}, "webhook_url_malformed"),
        ({"event_types": ["order.eaten"]}, "unknown_event_type"),
        ({"event_types": "order.paid"}, "request_invalid"),
        ({"secret": "mine"}, "request_invalid"),
        ({"description": "a\nb"}, "text_malformed"),
    ],
)
def test_what_cannot_be_is_refused_and_adds_nothing(
    other: dict[str, Any], code: str, house: Caller
) -> None:
    reply = house.post("/webhooks", {"url": URL, **other})

    assert (reply.status, reply.code) == (422, code)
    assert house.get("/webhooks").body["data"] == []


def test_adding_without_a_key_is_refused(house: Caller) -> None:
    assert house.post("/webhooks", {"url": URL}, key=None).code == "idempotency_key_missing"


def test_what_it_is_told_and_whether_can_be_changed(house: Caller) -> None:
    number = added(house)["number"]
    changed = house.patch(f"/webhooks/{number}", {"event_types": ["order.created"]}).body
    assert changed["event_types"] == ["order.created"]

    off = house.post(f"/webhooks/{number}/disable", {"reason": "it moved"}, key=None).body
    assert (off["enabled"], off["disabled_reason"]) == (False, "it moved")
    an_event()
    assert house.get("/webhook-deliveries").body["data"] == []
    refused = house.post(f"/webhooks/{number}/test")
    assert (refused.status, refused.code) == (409, "endpoint_disabled")
    assert house.post(f"/webhooks/{number}/enable", key=None).body["enabled"] is True
    an_event("order:2")
    assert len(house.get("/webhook-deliveries").body["data"]) == 1


def test_a_rotated_secret_is_shown_once_and_both_sign(
    house: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAEL_WEBHOOKS_TO_PRIVATE", "1")
    with a_receiver() as receiver:
        made = added(house, url=receiver.url)
        path = f"/webhooks/{made['number']}"
        first, second = (
            house.post(f"{path}/rotate", {"overlap_hours": 2}, key="r") for _ in range(2)
        )
        assert first.body["secret"] == second.body["secret"] != made["secret"]
        assert (first.replayed, second.replayed) == (False, True)
        assert house.get(path).body["old_secret_until"] is not None
        assert house.post(f"{path}/rotate", {"overlap_hours": 200}).code == "overlap_malformed"

        sent = house.post(f"{path}/test", key="t").body
        deliver_due(endpoint=made["number"], clock=now)
        ((_, headers, body),) = receiver.came
        for secret in (made["secret"], first.body["secret"]):
            assert Webhook(secret).verify(body, headers)["type"] == "endpoint.tested"
        shown = house.get(f"/webhook-deliveries/{sent['number']}").body
        assert (shown["state"], shown["payload"]) == ("delivered", body.decode())


def test_deliveries_come_with_their_attempts_and_are_resent_once_per_key(
    house: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAEL_WEBHOOKS_TO_PRIVATE", "1")
    with a_receiver() as receiver:
        receiver.answer = 500
        number = added(house, url=receiver.url)["number"]
        an_event()
        deliver_due(endpoint=number, clock=now)
        (row,) = house.get("/webhook-deliveries", webhook=number, state="waiting").body["data"]
        assert [(each["status"], each["problem"]) for each in row["attempts"]] == [
            (500, "answered 500")
        ]
        assert row["next_attempt_at"] is not None

        receiver.answer = 200
        for _ in range(2):
            again = house.post(f"/webhook-deliveries/{row['number']}/resend", key="again")
            assert again.status == 200
            deliver_due(endpoint=number, clock=now)
        assert len(receiver.came) == 2
        shown = house.get(f"/webhook-deliveries/{row['number']}").body
        assert [each["status"] for each in shown["attempts"]] == [500, 200]


def test_lists_go_page_by_page(house: Caller) -> None:
    numbers = [added(house)["number"] for _ in range(3)]
    for count in range(3):
        an_event(f"order:{count}")

    for path, length in (("/webhooks", 3), ("/webhook-deliveries", 9)):
        seen, query = [], {"limit": 2}
        while True:
            body = house.get(path, **query).body
            seen += [row["number"] for row in body["data"]]
            if not body["has_more"]:
                break
            query = {"limit": 2, "cursor": body["next_cursor"]}
        assert len(seen) == len(set(seen)) == length
    assert [row["waiting"] for row in house.get("/webhooks").body["data"]] == [3, 3, 3]
    one = house.get("/webhook-deliveries", webhook=numbers[0], event_type="order.created")
    assert len(one.body["data"]) == 3


@pytest.mark.rule("T14")
def test_a_customers_key_and_a_reader_cannot_change_anything(db: Databases) -> None:
    reader = a_key("webhooks:read")

    assert reader.get("/webhooks").status == 200
    assert reader.post("/webhooks", {"url": URL}).code == "scope_missing"
    assert reader.get("/webhooks/1").code == "unknown_endpoint"
    assert reader.get("/webhook-deliveries/1").code == "unknown_delivery"
