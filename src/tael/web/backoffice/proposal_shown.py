"""A proposal in words: what the act is called, what it is about, and each field before and after.

Source: peers-settlement-invest, section 3.3 (before/after diff); I32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from tael import books
from tael.approvals.command import command_named
from tael.approvals.proposal_search import Difference, differences
from tael.money import Money
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import merchant_account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from tael.approvals.proposal import Proposal
    from tael.money import Currency

    Words = str | _StrPromise

STATES: Final[dict[str, Words]] = {
    "proposed": _("waits for a second person"),
    "approved": _("approved"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
}
TONES: Final = {
    "proposed": "waiting",
    "approved": "success",
    "refused": "refused",
    "withdrawn": "cancelled",
    "expired": "expired",
}
"""As which state of `tael.web.look.tones` each is drawn."""
TITLES: Final[dict[str, Words]] = {
    "settlement.adjust": _("Adjustment of a merchant account"),
    "settlement.terms": _("Terms of a merchant account"),
    "settlement.payout_rule": _("Rule for withdrawing automatically"),
    "settlement.payout_batch": _("Payout batch"),
    "settlement.answer_payout": _("Outcome of a payout"),
}
FIELDS: Final[dict[str, Words]] = {
    "account": _("Merchant account"),
    "amount": _("Amount"),
    "balance": _("On the account"),
    "reason": _("Reason"),
    "cycle": _("Length of a period"),
    "anchor": _("First day of a period"),
    "settle_after": _("Days until it is billed"),
    "business_days": _("Counted in business days"),
    "calendar": _("Business calendar"),
    "zone": _("Time zone"),
    "review": _("Bills wait for a review"),
    "grace_hours": _("Hours until a bill is issued all the same"),
    "minimum_manual": _("Minimum for a withdrawal by hand"),
    "minimum_automatic": _("Minimum for an automatic withdrawal"),
    "fee": _("Fee of a withdrawal"),
    "reserve_percent": _("Kept back of a bill, in percent"),
    "reserve_days": _("Days it is kept back"),
    "collect_from": _("Wallet to collect from"),
    "collect_most": _("Most to collect on one day"),
    "reversal_style": _("How reversals stand on a bill"),
    "active": _("In use"),
    "schedule": _("How often"),
    "day": _("On which day"),
    "trigger": _("Acts on a balance above"),
    "keep_back": _("Stays in the account"),
    "cap": _("At most at once"),
    "payee": _("Payee account"),
    "batch": _("Batch"),
    "withdrawal": _("Withdrawal"),
    "outcome": _("Outcome"),
    "paid_on": _("Paid on"),
    "flow_number": _("Flow number"),
}


class Shown(NamedTuple):
    """One field of a proposal in words; None on a side where it is not said."""

    field: Words
    before: Words | Money | None
    after: Words | Money | None
    changes: bool


def shown_proposal(row: Proposal, names: Mapping[str, str]) -> dict[str, Any]:
    """Give the facts of a proposal as templates show them.

    Args:
        names: what the actors are called.

    Source: A36.
    """
    sort, _colon, number = row.subject.partition(":")
    unit = _unit(row)
    return {
        "row": row,
        "title": TITLES.get(row.command, command_named(row.command).title),
        "account": number if sort == "merchant_account" else "",
        "amount": Money(row.amount, unit) if row.amount is not None and unit else None,
        "state_text": STATES[row.state],
        "tone": TONES[row.state],
        "by": names.get(row.proposed_by, row.proposed_by),
    }


def shown_differences(row: Proposal) -> list[Shown]:
    """Give each field of a proposal in words, those that it changes first.

    Source: peers-settlement-invest, section 3.3.
    """
    amounts, unit = command_named(row.command).amounts, _unit(row)

    def said(field: str, value: Any) -> Words | Money | None:
        if value is None:
            return None
        if field in amounts and unit is not None and isinstance(value, int):
            return Money(value, unit)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(value)

    told = [
        Shown(
            FIELDS.get(one.field, one.field.replace("_", " ")),
            said(one.field, one.before),
            said(one.field, _after(row, one)),
            one.changes,
        )
        for one in differences(row)
    ]
    return sorted(told, key=lambda one: not one.changes)


def _after(row: Proposal, one: Difference) -> Any:
    """Give a field as it would be; the balance follows from the amount that is proposed."""
    if one.field == "balance" and one.after is None and row.amount is not None:
        return int(one.before) + row.amount
    return one.after


def _unit(row: Proposal) -> Currency | None:
    """Give the currency of a proposal's amounts: its own, or that of the account it is about."""
    if row.currency is not None:
        return books.currencies()[row.currency].currency
    sort, _colon, number = row.subject.partition(":")
    try:
        known = sort == "merchant_account" and number.isdecimal()
        return merchant_account(int(number)).currency if known else None
    except Refusal:
        return None
