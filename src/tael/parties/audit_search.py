"""Finding privileged acts in the audit trail, and the names of those who acted.

Source: reliability I31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tael.parties.models import ApiKey, AuditRecord, User

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


def actor_names(actors: Iterable[str | None]) -> dict[str, str]:
    """Give the names of those actors that are users or API keys, in two queries at most.

    Source: I31.
    """
    names: dict[str, str] = {}
    asked = {actor for actor in actors if actor}
    for sort, table in (("user", User), ("key", ApiKey)):
        numbers = {
            int(number)
            for kind, _, number in (actor.partition(":") for actor in asked)
            if kind == sort and number.isascii() and number.isdigit() and len(number) < 19
        }
        if numbers:
            found = table.objects.filter(pk__in=numbers).values_list("pk", "name")
            names |= {f"{sort}:{number}": name for number, name in found}
    return names
