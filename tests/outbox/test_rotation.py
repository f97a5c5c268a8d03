"""A new secret is shown once; until the stated moment a receiver with the old one still knows us."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from outbox.receiving import STAFF, Receiver, an_event, now
from tael.ledger import KeyReused
from tael.outbox.delivery import deliver_due
from tael.outbox.endpoint import UnknownEndpoint, add_endpoint
from tael.outbox.models import Endpoint
from tael.outbox.rotation import (
    OLD_MAX,
    OverlapMalformed,
    TooManyOldSecrets,
    forget_ended_secrets,
    rotate_secret,
    signing_secrets,
)
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases

URL = "https://example.com/hooks"


def an_endpoint(url: str = URL) -> tuple[int, str]:
    new = add_endpoint(url=url, actor=STAFF, at=now())
    return new.endpoint.pk, new.secret


def test_either_secret_proves_a_message_until_the_old_one_has_ended(
    db: Databases, receiver: Receiver
) -> None:
    number, old = an_endpoint(receiver.url)
    new = rotate_secret(number=number, overlap_hours=2, actor=STAFF, at=now()).secret
    an_event("order:1")
    deliver_due(endpoint=number, clock=now)

    ((_, headers, body),) = receiver.came
    assert old != new
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers)["type"] == "order.created"

    later_on = {**Endpoint.objects.get().old_secrets[0], "until": now().isoformat()}
    Endpoint.objects.update(old_secrets=[later_on])
    an_event("order:2")
    deliver_due(endpoint=number, clock=now)
    _, headers, body = receiver.came[1]
    assert Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_the_old_one_signs_to_the_stated_moment_and_not_at_it(db: Databases) -> None:
    number, old = an_endpoint()
    begun = now()
    made = rotate_secret(number=number, overlap_hours=1, actor=STAFF, at=begun)
    endpoint, hour = made.endpoint, timedelta(hours=1)

    just_before = begun + hour - timedelta(seconds=1)
    assert signing_secrets(endpoint, at=just_before) == [made.secret, old]
    assert signing_secrets(endpoint, at=begun + hour) == [made.secret]
    assert endpoint.old_until == begun + hour


def test_no_hours_end_every_old_secret_at_once(db: Databases) -> None:
    number, _ = an_endpoint()
    rotate_secret(number=number, actor=STAFF, at=now())
    made = rotate_secret(number=number, overlap_hours=0, actor=STAFF, at=now())

    assert signing_secrets(made.endpoint, at=now()) == [made.secret]
    assert made.endpoint.old_until is None


def test_a_key_sent_again_rotates_nothing_and_gives_the_same_secret(db: Databases) -> None:
    number, _ = an_endpoint()
    again = partial(rotate_secret, number=number, actor=STAFF, at=now(), key="k")
    first, second = again(), again()

    assert first.secret == second.secret
    assert (first.replayed, second.replayed) == (False, True)
    assert len(Endpoint.objects.get().old_secrets) == 1
    assert AuditRecord.objects.filter(action="webhook.rotate").count() == 1


def test_a_key_is_known_after_another_rotation_and_stands_for_its_own_hours(db: Databases) -> None:
    number, _ = an_endpoint()
    again = partial(rotate_secret, number=number, actor=STAFF, at=now(), overlap_hours=5)
    first, second = again(key="a"), again(key="b")

    assert (again(key="a").secret, again(key="b").secret) == (first.secret, second.secret)
    assert Endpoint.objects.get().secret == second.secret
    for key in ("a", "b"):
        with pytest.raises(KeyReused):
            again(key=key, overlap_hours=0)
    assert AuditRecord.objects.filter(action="webhook.rotate").count() == 2


def test_the_audit_trail_has_the_act_and_no_secret(db: Databases) -> None:
    number, old = an_endpoint()
    made = rotate_secret(number=number, overlap_hours=5, actor=STAFF, at=now())

    (record,) = AuditRecord.objects.filter(action="webhook.rotate")
    assert (record.subject, record.details) == (f"webhook:{number}", {"overlap_hours": 5})
    assert not any(secret in str(record.details) for secret in (old, made.secret))


@pytest.mark.parametrize("hours", [-1, 169, 10**30])
def test_hours_that_cannot_be_are_refused(db: Databases, hours: int) -> None:
    number, secret = an_endpoint()
    with pytest.raises(OverlapMalformed):
        rotate_secret(number=number, overlap_hours=hours, actor=STAFF, at=now())
    assert Endpoint.objects.get().secret == secret


def test_so_many_old_secrets_and_no_more(db: Databases) -> None:
    number, _ = an_endpoint()
    for _ in range(OLD_MAX):
        rotate_secret(number=number, actor=STAFF, at=now())
    with pytest.raises(TooManyOldSecrets):
        rotate_secret(number=number, actor=STAFF, at=now())

    assert rotate_secret(number=number, overlap_hours=0, actor=STAFF, at=now()).secret
    with pytest.raises(UnknownEndpoint):
        rotate_secret(number=number + 1, actor=STAFF, at=now())


def test_ended_secrets_are_forgotten_once_and_living_ones_stay(db: Databases) -> None:
    number, _ = an_endpoint()
    rotate_secret(number=number, overlap_hours=1, actor=STAFF, at=now())
    rotate_secret(number=number, overlap_hours=3, actor=STAFF, at=now())

    at = now() + timedelta(hours=2)
    assert [forget_ended_secrets(at=at) for _ in range(2)] == [1, 0]
    assert len(Endpoint.objects.get().old_secrets) == 1
    assert forget_ended_secrets(at=at + timedelta(hours=2)) == 1
    assert Endpoint.objects.get().old_secrets == []
