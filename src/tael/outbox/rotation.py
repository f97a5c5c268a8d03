"""Rotation of an endpoint's secret: a new one, shown once, while the old one signs on for a stated time.

In that time each message carries a signature of either, as Standard Webhooks allows, so that the receiver
can change over when it likes and no message is refused.

Source: Standard Webhooks, signature scheme; reliability T25, I31.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from django.db import transaction
from django.db.models import Q

from tael import ledger
from tael.outbox.endpoint import NewEndpoint, locked, record
from tael.outbox.models import Endpoint
from tael.outbox.signature import new_secret
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERLAP_HOURS: Final = 24  # the usual time
OVERLAP_HOURS_MAX: Final = 7 * 24
OLD_MAX: Final = 3  # old secrets that sign at a time: each makes the header longer


class OverlapMalformed(Refusal):
    """The old secret cannot sign on for this long."""

    code = "overlap_malformed"
    rule = "T25"
    remedy = (
        "Give whole hours, 0 to 168; 0 ends the old secret at once, for one that others have seen."
    )


class TooManyOldSecrets(Refusal):
    """So many old secrets of the endpoint still sign that no further one can."""

    code = "too_many_old_secrets"
    because: ClassVar[Because] = "conflict"
    rule = "T25"
    remedy = "Wait until one of them has ended, or end all of them at once with 0 hours."


@transaction.atomic
def rotate_secret(
    *,
    number: int,
    overlap_hours: int = OVERLAP_HOURS,
    actor: str,
    at: datetime,
    key: str | None = None,
) -> NewEndpoint:
    """Give an endpoint another secret. The old one signs beside it for some hours, and then no more.

    With 0 hours every old secret ends at once, those of earlier rotations as well.

    Args:
        overlap_hours: 0 to 168.
        key: the actor's own for this request; sent again it gives the same secret, and rotates nothing,
            for as long as that secret signs.

    Raises:
        OverlapMalformed, UnknownEndpoint, TooManyOldSecrets.
        KeyReused: the key has rotated the secret with other hours.

    Source: Standard Webhooks; T25.
    """
    if not 0 <= overlap_hours <= OVERLAP_HOURS_MAX:
        message = f"An old secret signs on for 0 to {OVERLAP_HOURS_MAX} hours."
        raise OverlapMalformed(
            message,
            field="overlap_hours",
            there=str(overlap_hours)[:20],
            allowed=f"0 to {OVERLAP_HOURS_MAX}",
        )
    endpoint = locked(number)
    named = None if key is None else ledger.key_of(actor, f"webhook.rotate:{number}:{key}")
    before = None if named is None else _made_by(endpoint, str(named), overlap_hours)
    if before is not None:
        return NewEndpoint(endpoint, before, replayed=True)
    endpoint.old_secrets = _old(endpoint, overlap_hours, str(named or ""), at)
    untils = [datetime.fromisoformat(old["until"]) for old in endpoint.old_secrets]
    endpoint.secret, endpoint.old_until = new_secret(), max(untils, default=None)
    endpoint.rotated_at, endpoint.rotated_key = at, named
    endpoint.save(update_fields=["secret", "old_secrets", "old_until", "rotated_at", "rotated_key"])
    record("rotate", endpoint, actor, at, {"overlap_hours": overlap_hours})
    return NewEndpoint(endpoint, endpoint.secret)


def signing_secrets(endpoint: Endpoint, *, at: datetime) -> Sequence[str]:
    """Give the secrets with which a message is signed at a time: the present one, then the old ones.

    Source: Standard Webhooks.
    """
    return [endpoint.secret, *(old["secret"] for old in _living(endpoint, at))]


@transaction.atomic
def forget_ended_secrets(*, at: datetime) -> int:
    """Remove the old secrets that sign no more, and tell from how many endpoints.

    Source: T22.
    """
    rows = Endpoint.objects.select_for_update(no_key=True, skip_locked=True).filter(
        ~Q(old_secrets=[])
    )
    forgotten = 0
    for endpoint in rows:
        left = _living(endpoint, at)
        if left != endpoint.old_secrets:
            endpoint.old_secrets = left
            endpoint.save(update_fields=["old_secrets"])
            forgotten += 1
    return forgotten


def _made_by(endpoint: Endpoint, key: str, overlap_hours: int) -> str | None:
    """Give the secret that the key has made, if it still signs.

    Raises:
        KeyReused: with other hours for the one before.
    """
    made = {old["made_by"]: old["secret"] for old in endpoint.old_secrets}
    made[str(endpoint.rotated_key or "")] = endpoint.secret
    hours = [old["hours"] for old in endpoint.old_secrets if old["ended_by"] == key]
    if key in made and hours and hours != [str(overlap_hours)]:
        message = "The key has rotated the secret with other hours."
        raise ledger.KeyReused(message, field="key", there=f"{hours[0]} hours")
    return made.get(key)


def _old(endpoint: Endpoint, overlap_hours: int, key: str, at: datetime) -> list[dict[str, str]]:
    """List the old secrets after a rotation, with the present one among them."""
    if overlap_hours == 0:
        return []
    living = _living(endpoint, at)
    if len(living) >= OLD_MAX:
        message = f"{len(living)} old secrets of endpoint {endpoint.pk} still sign."
        raise TooManyOldSecrets(message, field="overlap_hours", there=str(len(living)))
    ended = {
        "secret": endpoint.secret,
        "until": (at + timedelta(hours=overlap_hours)).isoformat(),
        "hours": str(overlap_hours),
        "made_by": str(endpoint.rotated_key or ""),
        "ended_by": key,
    }
    return [ended, *living]


def _living(endpoint: Endpoint, at: datetime) -> list[dict[str, str]]:
    return [old for old in endpoint.old_secrets if datetime.fromisoformat(old["until"]) > at]
