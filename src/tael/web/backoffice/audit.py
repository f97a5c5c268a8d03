"""The audit trail: who did what to what, and when, found by any of these.

Source: reliability I31; peers-settlement-invest, section 4.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.parties.audit_search import ActsWanted, actor_names, acts
from tael.web.backoffice.act_details import details_of
from tael.web.backoffice.filters import PAGE, Asked, day_field, form_of, text_field
from tael.web.backoffice.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff


@page(may="audit.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List privileged acts, newest first."""
    asked = Asked(request)
    wanted = ActsWanted(
        actor=asked.text("actor"),
        action=asked.text("action"),
        subject=asked.text("subject"),
        since=asked.day("since"),
        until=asked.day("until", end=True),
    )
    rows = acts(wanted, before=asked.number("before"), limit=PAGE + 1)
    shown, more = rows[:PAGE], len(rows) > PAGE
    names = actor_names(row.actor for row in shown)
    fields = {
        "actor": text_field(_("Who"), placeholder="user:10000"),
        "action": text_field(_("What"), placeholder="channel.disable"),
        "subject": text_field(_("To what"), placeholder="channel:Alipay"),
        "since": day_field(_("From")),
        "until": day_field(_("Until")),
    }
    facts = {
        "rows": [(row, names.get(row.actor, ""), details_of(row.details)) for row in shown],
        "filters": form_of(asked, fields),
        "wrong": asked.wrong,
        "next": asked.page(shown[-1].pk if more else None),
        "first": "before" in asked.query,
        "filtered": bool(asked.query),
    }
    return rendered(request, "backoffice/audit.html", facts, staff=staff)


addresses: Final = [path("audit", listed, name="audit")]
