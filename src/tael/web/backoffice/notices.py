"""What the gateways sent: every notice with its verdict, and its raw text exactly as it came.

The text is somebody else's: it is shown as text, with what cannot be seen written out.

Source: reliability, section 3a (callback verdicts), T8; I23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import path
from django.utils.translation import gettext_lazy as _

from tael.channels.queries import channels
from tael.wallet.notice import ALARMING, Verdict
from tael.wallet.order_search import notice as find_notice
from tael.wallet.order_search import notices_found
from tael.web.backoffice.filtered_list import (
    PAGE,
    choice_field,
    day_field,
    list_facts,
    list_page,
)
from tael.web.backoffice.page import page, rendered

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.backoffice.page import Staff
    from tael.web.look.asked import Asked

RAW_SHOWN: Final = 20_000
VERDICTS: Final = {
    Verdict.RECEIVED: _("kept, not judged yet"),
    Verdict.REFUSED: _("refused: cannot be believed"),
    Verdict.REPEATED: _("repeated: seen before"),
    Verdict.RECORDED: _("recorded: not a payment"),
    Verdict.CREDITED: _("credited in full"),
    Verdict.PARTIAL: _("credited, less than due"),
    Verdict.SURPLUS: _("credited, more than due"),
    Verdict.LATE: _("credited, though the order had ended"),
    Verdict.CONFIRMED_BEFORE: _("confirmed by hand before: look into it"),
    Verdict.SUSPENSE_ORDER: _("in suspense: no order of ours"),
    Verdict.SUSPENSE_CURRENCY: _("in suspense: another currency"),
    Verdict.SUSPENSE_WALLET: _("in suspense: the wallet cannot take it"),
    Verdict.UNBOOKABLE: _("not booked: unknown currency"),
    Verdict.REFUNDED: _("refunded"),
    Verdict.REFUNDED_INTO_DEBT: _("refunded; the customer owes it"),
    Verdict.REFUND_WAITING: _("refund: waits for its payment"),
    Verdict.REFUND_UNMATCHED: _("refund of no payment: look into it"),
}
TO_LOOK_INTO: Final = "look"
GOOD: Final = {Verdict.CREDITED, Verdict.PARTIAL, Verdict.SURPLUS, Verdict.REFUNDED}


@page(may="orders.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List what the gateways sent, newest first."""
    there = [channel.identifier for channel in channels()]

    def read(asked: Asked, before: int | None) -> list[Any]:
        word = asked.word("verdict", [*VERDICTS, TO_LOOK_INTO])
        return notices_found(
            verdict="" if word in {None, TO_LOOK_INTO} else word,
            to_look_into=word == TO_LOOK_INTO,
            gateway=asked.word("gateway", there) or "",
            since=asked.begin_of("since"),
            until=asked.end_of("until"),
            before=before,
            limit=PAGE + 1,
        )

    fields = {
        "verdict": choice_field(
            _("Verdict"),
            [
                (TO_LOOK_INTO, _("all that a person has to look into")),
                *((str(key), text) for key, text in VERDICTS.items()),
            ],
        ),
        "gateway": choice_field(_("Channel"), [(name, name) for name in there]),
        "since": day_field(_("From")),
        "until": day_field(_("Until")),
    }
    facts = list_facts(
        request.GET, fields, read=read, shown=lambda rows: [_line(row) for row in rows]
    )
    return list_page(request, staff, "backoffice/notices.html", facts)


@page(may="orders.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one notice as it came."""
    facts = {"notice": shown_notice(find_notice(number))}
    return rendered(request, "backoffice/notice.html", facts, staff=staff)


def shown_notice(row: Any) -> dict[str, Any]:
    """Give a notice for a page, its raw text readable and harmless."""
    raw = bytes(row.raw)
    return _line(row) | {
        "headers": sorted(row.headers.items()),
        "raw": _readable(raw[:RAW_SHOWN]),
        "cut": len(raw) < row.size or len(raw) > RAW_SHOWN,
        "gone": not raw and row.size > 0,
        "event": row.event,
    }


def _line(row: Any) -> dict[str, Any]:
    verdict = row.verdict
    tone = "failed" if verdict in ALARMING or verdict == Verdict.REFUSED else ""
    return {
        "number": row.pk,
        "gateway": row.gateway,
        "received_at": row.received_at,
        "verdict": VERDICTS.get(verdict, verdict),
        "state": "credited" if verdict in GOOD else tone or "recorded",
        "detail": row.detail,
        "order": row.order,
        "size": row.size,
    }


def _readable(raw: bytes) -> str:
    """Write bytes as text: what is no UTF-8 or cannot be seen stands as its code."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else f"\\u{ord(letter):04x}"
        for letter in text.replace("\r\n", "\n")
    )


addresses: Final = [
    path("notices", listed, name="notices"),
    path("notices/<number:number>", one, name="notice"),
]
