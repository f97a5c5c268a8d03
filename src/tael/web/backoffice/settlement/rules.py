"""Rules for automatic withdrawal (自動提現規則): those in force, what they would do now, and setting one.

Source: B-33, B-36; A-B17; peers-settlement-invest A17, A36, section 4.1; I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path
from django.utils.translation import gettext

from tael import books
from tael.approvals.proposal import Proposal
from tael.parties.audit_search import actor_names
from tael.parties.payee_search import payees_found
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.payouts.automatic import look, run_automatic
from tael.settlement.payouts.payout_rule import rule_in_force, set_payout_rule
from tael.settlement.payouts.payout_rule_search import RulesWanted, payout_rules
from tael.web.backoffice.acted import now, see
from tael.web.backoffice.page import STATUS, page, rendered
from tael.web.backoffice.payee_shown import shown_payee
from tael.web.look.asked import Asked
from tael.web.look.forms import told
from tael.web.look.rule_form import SCHEDULES, RuleForm, read_rule, said_rule, shown_rule

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.payouts.payout_rule import PayoutRule
    from tael.web.backoffice.page import Staff

PAGE: Final = 50
FILTERS: Final = ("account", "merchant", "currency", "state")
STATES: Final = {"on": True, "off": False}


def wanted_of(asked: Asked) -> RulesWanted:
    """Read the filter of the list's address.

    Raises:
        FilterMalformed: a field cannot be asked for.

    Source: A17, A39.
    """
    state = asked.word("state", STATES)
    return RulesWanted(
        account=asked.number("account"),
        owner=asked.number("merchant"),
        currency=asked.currency(),
        active=None if state is None else STATES[state],
    )


@page(may="settlement.see")
def listed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the rules in force by account, with what the accounts hold."""
    asked = Asked(request.GET, FILTERS)
    after = Asked(request.GET, ("after",)).number("after")
    rows = payout_rules(wanted_of(asked), limit=PAGE + 1, after=after)
    shown, more = rows[:PAGE], len(rows) > PAGE
    facts = {
        "asked": asked,
        "rows": shown,
        "schedules": SCHEDULES,
        "currencies": sorted(books.currencies()),
        "next": asked.query(after=shown[-1].account.number) if more else "",
        "first": after is not None,
        "first_address": f"?{asked.query()}",
    }
    return rendered(request, "backoffice/settlement/rules.html", facts, staff=staff)


@page(may="settlement.see")
def rehearsed(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what a run of all rules would do now, and why not, some accounts at a time."""
    after = Asked(request.GET, ("after",)).number("after") or 0
    run = run_automatic(at=now(), dry_run=True, after=after, most=PAGE)
    rows = sorted(
        [*run.applied, *run.parked, *run.used, *run.early], key=lambda one: one.account.number
    )
    facts = {
        "rows": rows,
        "run": run,
        "next": f"after={rows[-1].account.number}" if run.looked == PAGE else "",
        "first": after > 0,
    }
    return rendered(request, "backoffice/settlement/rules_rehearsed.html", facts, staff=staff)


@page(may="settlement.see")
def one(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Show the rule of an account and what it would do now."""
    return _shown(request, staff, merchant_account(number))


@page(may="settlement.terms", methods=("POST",))
def change(request: HttpRequest, staff: Staff, number: int) -> HttpResponse:
    """Set the rule of an account; above the operator's limit it waits for a second person."""
    account = merchant_account(number)
    try:
        rule = read_rule(request.POST, account)
        made = set_payout_rule(
            account=account,
            rule=rule,
            instruction=told(request, actor=staff.actor, channel="Admin"),
        )
    except Refusal as refusal:
        return _shown(request, staff, account, refusal=refusal)
    if isinstance(made, Proposal):
        messages.success(request, gettext("The rule waits for a second person."))
    else:
        messages.success(request, said_rule(rule))
    return see("settlement-rule", number=number)


def _shown(
    request: HttpRequest,
    staff: Staff,
    account: MerchantAccount,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    row = rule_in_force(account.number)
    payees = [
        (str(payee.number), f"{payee.number} · {payee.kind_name} · {payee.holder}")
        for payee in (
            shown_payee(found, staff)
            for found in payees_found(customer=account.owner, state="active", limit=200)
        )
    ]
    facts: dict[str, Any] = {
        "account": account,
        "row": row,
        "looked": None if row is None or not row.active else look(row, at=now()),
        "form": RuleForm(
            initial=request.POST.dict() if refusal else shown_rule(account, row), payees=payees
        ),
        "payees": payees,
        "figures": [] if row is None else _figures(account, row),
        "paid_to": "" if row is None else dict(payees).get(str(row.payee), str(row.payee)),
        "names": {} if row is None else actor_names([row.set_by]),
        "refusal": refusal,
    }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "backoffice/settlement/rule.html", facts, staff=staff, status=status)


def _figures(account: MerchantAccount, row: PayoutRule) -> list[tuple[str, Money | None]]:
    """Give the amounts of a rule by their names."""
    return [
        (gettext("Only above"), account.money(row.trigger)),
        (gettext("Stays on the account"), account.money(row.keep_back)),
        (gettext("At most at once"), None if row.cap is None else account.money(row.cap)),
    ]


addresses: Final = [
    path("settlement/rules", listed, name="settlement-rules"),
    path("settlement/rules/rehearsed", rehearsed, name="settlement-rules-rehearsed"),
    path("settlement/rules/<number:number>", one, name="settlement-rule"),
    path("settlement/rules/<number:number>/change", change, name="settlement-rule-change"),
]
