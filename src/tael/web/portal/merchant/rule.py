"""The merchant's rule for automatic withdrawal (自動提現): what it would do now, and setting it.

Source: B-33, B-36; A-B17; peers-settlement-invest A17, section 4.2; reliability T9, T14.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.urls import path, reverse

from tael.refusal import Refusal
from tael.settlement.payouts.automatic import look
from tael.settlement.payouts.payout_rule import occasion_after, rule_in_force, set_payout_rule
from tael.web.look.forms import told
from tael.web.look.rule_form import RuleForm, read_rule, said_rule, shown_rule
from tael.web.portal.merchant.own import chosen, own_account, own_accounts
from tael.web.portal.page import STATUS, page, rendered
from tael.web.portal.payee_accounts import payee_field
from tael.web.portal.steps import see_other

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tael.web.portal.page import Visitor


@page()
def shown(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the rule of one of the merchant's accounts and what it would do now."""
    return _shown(request, visitor)


@page(methods=("POST",))
def change(request: HttpRequest, visitor: Visitor, *, number: int) -> HttpResponse:
    """Set the rule of an account.

    Raises:
        UnknownMerchantAccount: it is none of his.
    """
    account = own_account(visitor, number)
    try:
        rule = read_rule(request.POST, account)
        set_payout_rule(
            account=account,
            rule=rule,
            instruction=told(request, actor=visitor.actor),
        )
    except Refusal as refusal:
        return _shown(request, visitor, number, refusal=refusal)
    messages.success(request, said_rule(rule))
    return see_other(f"{reverse('portal:merchant-rule')}?account={number}")


def _shown(
    request: HttpRequest,
    visitor: Visitor,
    number: int | None = None,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    accounts = own_accounts(visitor)
    view = chosen(request, accounts)
    if number is not None:
        view = next(one for one in accounts if one.number == number)
    facts: dict[str, Any] = {"accounts": accounts, "view": view, "refusal": refusal}
    if view is not None:
        row = rule_in_force(view.number)
        payees = [(one.value, one.text) for one in payee_field(visitor).choices]
        initial = request.POST.dict() if refusal else shown_rule(view.account, row)
        looked = look(row, at=_now()) if row is not None and row.active else None
        facts |= {
            "row": row,
            "looked": looked,
            "next_day": looked and occasion_after(looked.rule, looked.occasion.day),
            "form": RuleForm(initial=initial, payees=payees),
            "payees": payees,
        }
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, "portal/merchant/rule.html", facts, visitor=visitor, status=status)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the caller's clock


addresses: Final = [
    path("merchant/rule", shown, name="merchant-rule"),
    path("merchant/rule/<number:number>/change", change, name="merchant-rule-change"),
]
