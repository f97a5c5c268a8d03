"""What we sign, a receiver's library accepts; what was changed, it refuses."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from outbox.receiving import now
from tael.outbox.signature import new_secret, signed_headers


def test_a_signature_stands_for_this_message_and_no_other() -> None:
    secret = new_secret()
    headers = signed_headers(secrets=[secret], message="evt_1", payload='{"a":1}', at=now())

    assert Webhook(secret).verify('{"a":1}', headers) == {"a": 1}
    for payload, changed, key in (
        ('{"a":2}', headers, secret),
        ('{"a":1}', {**headers, "webhook-id": "evt_2"}, secret),
        ('{"a":1}', headers, new_secret()),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(payload, changed)


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in secrets)
