"""The audit trail: who did what to what, and when, found by any of these.

Source: reliability I31; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.web.backoffice.act_details import details_of
from tael.web.backoffice.filtered_list import (
    PAGE,
    day_field,
    list_facts,
    list_page,
    text_field,
)
from tael.web.backoffice.page import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked


@page(may="audit.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List privileged acts, newest first."""
    fields = {
        "actor": text_field(_("Who"), placeholder=_("name or user:10000")),
        "action": text_field(_("What"), placeholder="channel.disable"),
        "subject": text_field(_("To what"), placeholder="channel:Alipay"),
        "since": day_field(_("From")),
        "until": day_field(_("Until")),
    }
    facts = list_facts(request.GET, fields, read=_read, shown=_lines)
    return list_page(request, staff, "backoffice/audit.html", facts)


def _read(asked: Asked, before: int | None) -> list[Any]:
    wanted = ActsWanted(
        actor=asked.text("actor"),
        action=asked.text("action"),
        subject=asked.text("subject"),
        since=asked.begin_of("since"),
        until=asked.end_of("until"),
    )
    return acts(wanted, before=before, limit=PAGE + 1)


def _lines(rows: list[Any]) -> list[Any]:
    names = actor_names(row.actor for row in rows)
    return [(row, names.get(row.actor, ""), details_of(row.details, row.subject)) for row in rows]


addresses: Final = [path("audit", listed, name="audit")]
