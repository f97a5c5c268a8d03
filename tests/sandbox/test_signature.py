"""The sandbox signs as the Standard Webhooks libraries do; it and its merchants agree to the byte."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tael.channels.gateways import signed_notice
from tael.sandbox.signature import (
    parameters_fit,
    read_secret,
    sign_notice,
    sign_parameters,
)

SECRET = b"s" * 32


def test_the_vector_of_the_standard_webhooks_libraries():
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    signature = sign_notice(
        secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_reference_library_believes_what_the_sandbox_signs_and_nothing_else():
    seconds = int(time.time())
    body = '{"order":"R5","說明":"茶"}'
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign_notice(SECRET, "evt_1", seconds, body.encode()),
    }
    library = Webhook(base64.b64encode(SECRET).decode())

    assert library.verify(body, headers)["order"] == "R5"
    with pytest.raises(WebhookVerificationError):
        library.verify(body.replace("R5", "R6"), headers)


def test_the_merchants_side_believes_what_the_reference_library_signs():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    body = '{"a":"b"}'
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(base64.b64encode(SECRET).decode()).sign("evt_1", at, body),
    }

    assert signed_notice.prove((SECRET,), body.encode(), headers, at) == "evt_1"


def test_parameters_fit_only_as_they_were_signed_and_for_what():
    told = {"merchant": "shop", "amount": "1.00", "subject": "茶 & tea=1"}
    signed = told | {"signature": sign_parameters(SECRET, "pay", told)}

    assert parameters_fit(SECRET, "pay", signed)
    assert parameters_fit(SECRET, "pay", dict(reversed(signed.items())))
    for wrong in (
        signed | {"amount": "1.01"},
        signed | {"more": "x"},
        {name: text for name, text in signed.items() if name != "subject"},
        signed | {"signature": ""},
        signed | {"signature": "v1,é"},
        told,
    ):
        assert not parameters_fit(SECRET, "pay", wrong)
    assert not parameters_fit(SECRET, "query", signed)
    assert not parameters_fit(b"x" * 32, "pay", signed)


@pytest.mark.parametrize("text", ["", "sandboxsec_", "sandboxsec_%%", "whsec_" + "A" * 44])
def test_a_secret_in_another_form_is_refused_and_not_repeated(text):
    with pytest.raises(ValueError, match="24 to 64 bytes") as refused:
        read_secret(text)

    assert "AAAA" not in str(refused.value)
