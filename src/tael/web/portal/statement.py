"""The statement of a wallet (明細): a period with opening and closing, its lines, its course in a chart.

Source: F-22, E-03; B-28, B-29.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

from django.urls import path
from django.utils.translation import gettext as _

from tael.wallet.account_statement import Period, account_statement
from tael.wallet.course import course_of
from tael.wallet.operation import Operation
from tael.wallet.serial_number import business_zone
from tael.wallet.wallet import wallet_of
from tael.web.look.asked import Asked
from tael.web.look.chart import Line, chart
from tael.web.portal.lists import list_page
from tael.web.portal.own import wallets_of
from tael.web.portal.page import page, rendered
from tael.web.portal.typed import Typed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from tael.wallet.wallet import Wallet
    from tael.web.portal.page import Visitor

PAGE: Final = 50
FIELDS: Final = ("operation", "since", "until")


class Wanted(NamedTuple):
    """Which lines are wanted: of one operation, in effect within days of the business zone."""

    operation: Operation | None
    since: date | None
    until: date | None

    @property
    def period(self) -> Period:
        """Give the filter as the domain reads it: the last day is meant to its end."""
        until = None if self.until is None else self.until + timedelta(days=1)
        return Period(
            since=None if self.since is None else _beginning(self.since),
            until=None if until is None else _beginning(until),
            operation=self.operation,
        )

    def covers(self, day: date) -> bool:
        """Tell whether a day is within the period."""
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def query(self, **more: str) -> str:
        """Write the filter for an address."""
        asked = {
            "operation": self.operation.word if self.operation else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return urlencode({name: text for name, text in {**more, **asked}.items() if text})


@page()
def statement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the statement of the wallet that is asked for, else of the customer's first.

    Raises:
        UnknownWallet: it is none of his.
    """
    views = wallets_of(visitor)
    shown = _asked_for(request, visitor)
    if shown is None and views:
        shown = views[0].wallet
    if shown is None:
        return rendered(request, "portal/statement_none.html", {}, visitor=visitor)
    facts = {
        "views": views,
        "wallet": shown,
        "sent": Asked(request.GET, FIELDS),
        "operations": list(Operation),
    }
    return list_page(
        request, visitor, "portal/statement.html", facts, partial(_found, request.GET, shown)
    )


def _found(sent: QueryDict, shown: Wallet) -> dict[str, Any]:
    """Read what the filter finds, and how the addresses of further pages repeat it."""
    asked = wanted(sent)
    cursor = sent.get("cursor") or None
    found = account_statement(shown, asked.period, limit=PAGE, cursor=cursor)
    number = str(shown.number)
    return {
        "asked": asked,
        "filter": asked.query(wallet=number),
        "found": found,
        "next": asked.query(wallet=number, cursor=found.next) if found.next else "",
        "not_first": cursor is not None,
        "first_address": f"?{asked.query(wallet=number)}",
        "chart": chart_of(shown, asked),
    }


def wanted(sent: QueryDict) -> Wanted:
    """Read a filter.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: F-22, E-03.
    """
    asked = Asked(sent, FIELDS)
    return Wanted(asked.operation(), asked.day("since"), asked.day("until"))


def chart_of(shown: Wallet, asked: Wanted) -> dict[str, Any] | None:
    """Give the drawing of the figures at the end of each day; one day alone is no course."""
    days = [end for end in course_of(shown, zone=business_zone()).days if asked.covers(end.day)]
    if len(days) < 2:
        return None
    figures = [end.figures for end in days]
    lines = [
        Line(_("Available"), [one.liquid for one in figures], kind="step"),
        Line(_("of it locked"), [one.locked for one in figures], kind="step"),
        Line(_("Frozen"), [one.frozen for one in figures], kind="step"),
    ]
    drawn = [line for line in lines if any(value and value.minor for value in line.values)]
    return chart([end.day for end in days], drawn or lines[:1])


def _asked_for(request: HttpRequest, visitor: Visitor) -> Wallet | None:
    typed = Typed(request.GET, ("wallet",))
    return wallet_of(visitor.customer, typed.number("wallet")) if typed["wallet"] else None


def _beginning(day: date) -> datetime:
    """Give the moment at which a day begins in the business zone."""
    return datetime(day.year, day.month, day.day, tzinfo=business_zone())


addresses: Final = [path("statement", statement, name="statement")]
