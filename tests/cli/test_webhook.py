"""`tael webhook`."""

from __future__ import annotations

from outbox.receiving import an_event

URL = "https://example.com/hooks"


def test_a_webhook_is_added_changed_rotated_and_switched(tael):
    made = tael.json("webhook", "add", URL, "--event", "order.paid", "--key", "k")
    number = made["number"]

    assert made["secret"].startswith("whsec_")
    assert tael.json("webhook", "add", URL, "--event", "order.paid", "--key", "k") == made
    assert "secret" not in tael.json("webhook", "show", number)
    assert tael.json("webhook", "change", number, "--event", "all")["event_types"] == []
    assert tael.json("webhook", "change", number, "--description", "shop")["description"] == "shop"
    rotated = tael.json("webhook", "rotate", number, "--overlap-hours", 3)
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_until"] is not None
    assert tael.json("webhook", "disable", number, "--reason", "moved")["enabled"] is False
    assert tael.json("webhook", "enable", number)["enabled"] is True
    assert tael.json("webhook", "list")["data"][0]["number"] == number
    refusal = tael.refusal("webhook", "rotate", number, "--overlap-hours", 999)
    assert refusal["code"] == "overlap_malformed"
    assert tael.refusal("webhook", "show", 999)["code"] == "unknown_endpoint"


def test_deliveries_are_seen_sent_again_and_tried(tael):
    number = tael.json("webhook", "add", URL)["number"]
    an_event()
    tried = tael.json("webhook", "test", number)
    (first, second) = tael.json("webhook", "deliveries", "--webhook", number)["data"]

    assert (first["type"], second["type"]) == ("endpoint.tested", "order.created")
    assert tael.json("webhook", "delivery", tried["number"]) == first
    assert tael.json("webhook", "resend", second["number"])["state"] == "waiting"
    assert tael.json("webhook", "deliveries", "--state", "given_up")["data"] == []
    assert "order.created" in tael("webhook", "deliveries").output
    assert "order.created" in tael("webhook", "events").output
    assert tael.refusal("webhook", "resend", 999)["code"] == "unknown_delivery"


def test_a_secret_is_printed_with_the_word_to_keep_it(tael):
    assert "Keep the secret" in tael("webhook", "add", URL).output
