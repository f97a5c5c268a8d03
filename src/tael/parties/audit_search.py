"""Finding privileged acts in the audit trail, and the names of those who acted.

Source: reliability I31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from tael.parties.actor import CUSTOMER, KEY, USER, of_key, of_user, read
from tael.parties.models import ApiKey, AuditRecord, Customer, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PAGE_MAX: Final = 200
NAMED_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsWanted:
    """Which acts are wanted; what is None or empty does not matter.

    Args:
        actor: exactly, "user:10000", or part of the name of one of the staff or of an API key, or a login.
        action: exactly, "channel.disable", or what it begins with, "channel".
        subject: exactly, "channel:Alipay", or its sort alone, "channel".
        since: then or later. until: before.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def acts(wanted: ActsWanted, *, before: int | None = None, limit: int = 50) -> list[AuditRecord]:
    """List the wanted acts, newest first; those before `before` in the trail.

    Source: I31.
    """
    rows = AuditRecord.objects.order_by("-id")
    if wanted.actor:
        rows = rows.filter(actor__in=[wanted.actor, *_actors_named(wanted.actor)])
    if wanted.action:
        exact = "." in wanted.action
        rows = rows.filter(**{"action" if exact else "action__startswith": wanted.action})
    if wanted.subject:
        exact = ":" in wanted.subject
        rows = rows.filter(**{"subject" if exact else "subject__startswith": wanted.subject})
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[: max(1, min(limit, PAGE_MAX))])


def _actors_named(text: str) -> list[str]:
    """Find who of those that act for the house is meant by a name or a login."""
    if ":" in text:
        return []
    meant = Q(name__icontains=text, customer=None) | Q(login=text.lower())
    people = User.objects.filter(meant).values_list("pk", flat=True)[:NAMED_MAX]
    programs = ApiKey.objects.filter(name__icontains=text).values_list("pk", flat=True)
    return [*map(of_user, people), *map(of_key, programs[:NAMED_MAX])]


def actor_names(found: Iterable[str | None]) -> dict[str, str]:
    """Give the names of those actors that are users, API keys or customers, in three queries at most.

    A `user:` that nobody signs in under is the older way of naming a customer.

    Source: I31.
    """
    asked = {text: who for text in set(found) if text and (who := read(text)).number is not None}
    names: dict[str, str] = {}
    for kinds, table in (({USER}, User), ({KEY}, ApiKey), ({CUSTOMER, USER}, Customer)):
        left = {
            text: who.number
            for text, who in asked.items()
            if who.kind in kinds and text not in names
        }
        if left:
            rows = table.objects.filter(pk__in=set(left.values())).values_list("pk", "name")
            known = dict(rows)
            names |= {text: known[number] for text, number in left.items() if number in known}
    return names
