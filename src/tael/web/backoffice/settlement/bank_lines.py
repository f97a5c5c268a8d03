"""Bank statements that were brought, and their lines: what each is about, and what a person does because of it.

Source: peers-settlement-invest A23, A26, A27, A31, A39, section 4.1; B-36; T9, T15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.parties.audit_search import actor_names
from tael.refusal import Refusal
from tael.settlement.bank.bank_account import bank_account, bank_accounts
from tael.settlement.bank.bank_search import (
    BankLinesWanted,
    StatementView,
    bank_line,
    bank_lines,
    bank_totals,
    refused_rows,
    statements,
)
from tael.settlement.bank.bank_statement import bank_sheet, bank_statement, bring_statement
from tael.settlement.bank_line_act import put_line_aside, settle_from_line, take_line_back
from tael.web.backoffice.acted import see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.settlement.bank_shown import shown_line
from tael.web.backoffice.settlement.steps import steps_of
from tael.web.look.asked import Asked
from tael.web.look.forms import told
from tael.web.look.upload import brought_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tael.books import Instruction
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
ROWS: Final = 100
CHANNEL: Final = "Admin"
FILTERS: Final = (
    "bank",
    "statement",
    "way",
    "explained",
    "currency",
    "least",
    "most",
    "reference",
    "since",
    "until",
)
WAYS: Final = {"in": _("came in"), "out": _("went out")}
EXPLAINED: Final = {"no": _("nothing explains it"), "yes": _("explained")}
STEPS: Final = {
    "bank_line.put_aside": _("Put in suspense"),
    "bank_line.take_back": _("Taken back out of suspense"),
    "bank_line.settle": _("A payout was settled from it"),
}


def wanted_of(asked: Asked) -> BankLinesWanted:
    """Read the filter of a list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A39.
    """
    currency = asked.currency()
    least, most = asked.amount("least", currency), asked.amount("most", currency)
    explained = asked.word("explained", EXPLAINED)
    return BankLinesWanted(
        account=asked.text("bank"),
        statement=asked.number("statement"),
        way=asked.word("way", WAYS) or "",
        currency=currency,
        since=asked.day("since"),
        until=asked.day("until"),
        number=asked.text("reference"),
        least=None if least is None else least.minor,
        most=None if most is None else most.minor,
        explained=None if explained is None else explained == "yes",
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List lines, newest first, with what explains each and the totals of all that the filter finds."""
    asked = Asked(request.GET, FILTERS)
    facts: dict[str, Any] = {
        "asked": asked,
        "currencies": sorted(books.currencies()),
        "accounts": bank_accounts(),
        "ways": WAYS,
        "explanations": EXPLAINED,
    }
    try:
        before = Asked(request.GET, ("before",)).number("before")
        wanted = wanted_of(asked)
    except Refusal as refusal:
        return _lines(request, staff, facts | {"refusal": refusal}, STATUS[refusal.because])
    rows = bank_lines(wanted, limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts |= {
        "rows": [shown_line(view, staff) for view in shown],
        "totals": bank_totals(wanted) if shown else [],
        "next": asked.query(before=shown[-1].row.pk) if more else "",
        "first": before is not None,
        "first_address": f"?{asked.query()}",
    }
    return _lines(request, staff, facts)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one line with all that it says, what it is about, and what can be done because of it."""
    return _line(request, staff, number)


@page(may="bank.handle", methods=("POST",))
def put_aside(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Put money that nothing explains into suspense."""

    def act() -> str:
        put_line_aside(line=number, instruction=_instruction(request, staff))
        return gettext("The money is in suspense.")

    return _acted(request, staff, number, act)


@page(may="bank.handle", methods=("POST",))
def take_back(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Take it out of suspense again."""

    def act() -> str:
        reason = " ".join(request.POST.get("reason", "").split())
        take_line_back(line=number, reason=reason, instruction=_instruction(request, staff))
        return gettext("The money is out of suspense; the line waits for what explains it.")

    return _acted(request, staff, number, act)


@page(may="payouts.make", methods=("POST",))
def settle(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Say that a payout was made, as the line proves."""

    def act() -> str:
        typed = Asked(request.POST, ("withdrawal",)).number("withdrawal") or 0
        said = _instruction(request, staff)
        done = settle_from_line(line=number, withdrawal=typed, instruction=said)
        if done.state == "paid":
            return gettext("The payout is settled.")
        return gettext("It is proposed and waits for a second person.")

    return _acted(request, staff, number, act)


@page(may="settlement.see")
def files(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the files that were brought, newest first, and ask for another."""
    return _files(request, staff)


@page(may="bank.handle", methods=("POST",))
def bring(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take a bank's file; no money moves."""
    try:
        account = bank_account(request.POST.get("account", ""))
        data, name = brought_file(request)
        said = _instruction(request, staff)
        sheet = bank_sheet(data, name=name, account=account)
        made = bring_statement(account=account.code, sheet=sheet, instruction=said).statement
    except Refusal as refusal:
        return _files(request, staff, refusal)
    return see("bank-statement", number=made.pk)


@page(may="settlement.see")
def file(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show one file: what was new, whether its balances agree, and each row that was refused."""
    after = Asked(request.GET, ("after",)).number("after") or 0
    view = StatementView(bank_statement(number))
    rows = refused_rows(number, limit=ROWS + 1, after=after)
    shown, more = rows[:ROWS], len(rows) > ROWS
    facts = {
        "view": view,
        "one": view.row,
        "by": actor_names([view.row.brought_by]).get(view.row.brought_by, view.row.brought_by),
        "rows": shown,
        "next": f"after={shown[-1].row}" if more else "",
        "first": bool(after),
    }
    return rendered(request, "backoffice/settlement/bank_statement.html", facts, staff=staff)


def _lines(
    request: HttpRequest, staff: Staff, facts: dict[str, Any], status: int = 200
) -> HttpResponse:
    template = "backoffice/settlement/bank_lines.html"
    return rendered(request, template, facts, staff=staff, status=status)


def _line(
    request: HttpRequest, staff: Staff, number: int, refusal: Refusal | None = None
) -> HttpResponse:
    view = bank_line(number)
    facts = {
        **shown_line(view, staff),
        "steps": steps_of(f"bank_line:{number}", STEPS),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    template = "backoffice/settlement/bank_line.html"
    return rendered(request, template, facts, staff=staff, status=status)


def _files(request: HttpRequest, staff: Staff, refusal: Refusal | None = None) -> HttpResponse:
    before = Asked(request.GET, ("before",)).number("before")
    rows = statements(limit=PAGE + 1, before=before)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts = {
        "rows": shown,
        "accounts": bank_accounts(),
        "typed": request.POST.get("account", ""),
        "next": f"before={shown[-1].row.pk}" if more else "",
        "first": before is not None,
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    template = "backoffice/settlement/bank_statements.html"
    return rendered(request, template, facts, staff=staff, status=status)


def _acted(request: HttpRequest, staff: Staff, number: int, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except Refusal as refusal:
        return _line(request, staff, number, refusal)
    return see("bank-line", number=number)


def _instruction(request: HttpRequest, staff: Staff) -> Instruction:
    return told(request, actor=staff.actor, channel=CHANNEL, code="AdminBank")


addresses: Final = [
    path("settlement/bank-lines", listed, name="bank-lines"),
    path("settlement/bank-lines/<number:number>", one, name="bank-line"),
    path("settlement/bank-lines/<number:number>/aside", put_aside, name="bank-line-aside"),
    path("settlement/bank-lines/<number:number>/back", take_back, name="bank-line-back"),
    path("settlement/bank-lines/<number:number>/settle", settle, name="bank-line-settle"),
    path("settlement/bank-statements", files, name="bank-statements"),
    path("settlement/bank-statements/bring", bring, name="bank-statement-bring"),
    path("settlement/bank-statements/<number:number>", file, name="bank-statement"),
]
