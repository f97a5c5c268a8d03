"""Finding privileged acts in the audit trail, and the names of those who acted.

Source: reliability I31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tael.parties.actor import CUSTOMER, KEY, USER, read
from tael.parties.models import ApiKey, AuditRecord, Customer, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PAGE_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsWanted:
    """Which acts are wanted; what is None or empty does not matter.

    Args:
        actor: exactly, "user:10000".
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
        rows = rows.filter(actor=wanted.actor)
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
