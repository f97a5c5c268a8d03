"""Rules for automatic withdrawal (自動提現規則) over HTTP: those in force, what they would do now, setting one."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from tael.api.call import ApiRequest, Call
from tael.api.endpoint import Answer, endpoint
from tael.api.fields import (
    PAGE_DEFAULT,
    AmountText,
    Body,
    Cursor,
    Filter,
    Limit,
    LineText,
    Number,
    PlainNumber,
)
from tael.api.paging import page
from tael.api.reach import own_or_any
from tael.api.v1.files import KINDS
from tael.api.v1.list_files import FileAsked, list_file
from tael.api.v1.merchant_accounts import reached
from tael.api.v1.merchant_shapes import CodeAsked
from tael.api.v1.merchant_withdrawal_shapes import ReasonOut, reason_out
from tael.api.v1.shapes import Page
from tael.api.wire import MoneyOut, Out, moment_out, money_out
from tael.approvals.proposal import Proposal
from tael.documents.payout_lists import RULES
from tael.money import Currency, parse_amount
from tael.settlement.payouts import payout_rule as ruling
from tael.settlement.payouts.automatic import Looked, look, run_automatic
from tael.settlement.payouts.payout_rule_search import RuleSeen, RulesWanted, payout_rules

router = Router(tags=["payout rules"])

Schedule = Literal["day", "week", "month"]
StateAsked = Annotated[Literal["on", "off"] | None, Query()]


class RuleFilter(Filter):
    """Which rules are meant."""

    owner: PlainNumber | None = None
    account: PlainNumber | None = None
    currency: CodeAsked = None
    state: StateAsked = None

    def wanted(self, call: Call) -> RulesWanted:
        """Read it.

        Raises:
            UnknownCustomer, UnknownMerchantAccount: out of the key's reach.
        """
        if self.account is not None:
            reached(call, self.account, field="account")
        return RulesWanted(
            owner=own_or_any(call, self.owner),
            account=self.account,
            currency=self.currency or "",
            active=None if self.state is None else self.state == "on",
        )


RuleAsked = Annotated[RuleFilter, Query()]


class PayoutRuleIn(Body):
    """When an account is paid out by itself; amounts in the account's currency."""

    payee: Number
    active: bool = True
    schedule: Schedule = "month"
    day: Number = 1
    trigger: AmountText = "0"
    keep_back: AmountText = "0"
    cap: AmountText | None = None
    note: LineText = ""

    def rule(self, unit: Currency) -> ruling.AccountRule:
        """Read the amounts."""

        def minor(name: str) -> int:
            return parse_amount(
                getattr(self, name), unit, field=name, allow_zero=name != "cap"
            ).minor

        return ruling.AccountRule(
            payee=self.payee,
            active=self.active,
            schedule=self.schedule,
            day=self.day,
            trigger=minor("trigger"),
            keep_back=minor("keep_back"),
            cap=None if self.cap is None else minor("cap"),
        )


class PayoutRuleOut(Out):
    """The rule in force of an account."""

    account: int
    owner: int
    active: bool
    schedule: Schedule
    day: int
    trigger: MoneyOut
    keep_back: MoneyOut
    cap: MoneyOut | None
    payee: int
    held: MoneyOut
    set_at: datetime


class PayoutRulesOut(Page):
    """A page of rules, by account."""

    data: list[PayoutRuleOut]


class RuleSetOut(Out):
    """The rule that is in force, or the proposal that waits for a second person."""

    rule: PayoutRuleOut | None
    proposal: int | None


class LookedOut(Out):
    """What a rule would do now.

    `outcome`: it would pay out (`pays`), not for these reasons (`parked`), has done so on this occasion
    (`used`), or was set after the occasion and begins with the next one (`early`).
    """

    account: int
    occasion: date
    outcome: Literal["pays", "parked", "used", "early"]
    held: MoneyOut
    amount: MoneyOut
    fee: MoneyOut
    net: MoneyOut
    withdrawal: int | None
    reasons: list[ReasonOut]


class RehearsedOut(Out):
    """What a run of rules would do now, by account; `after` goes on behind these."""

    data: list[LookedOut]
    looked: int
    after: int | None


def rule_out(one: RuleSeen) -> dict[str, Any]:
    """Write a rule."""
    return {
        "account": one.account.number,
        "owner": one.account.owner,
        "active": one.row.active,
        "schedule": one.row.schedule,
        "day": one.row.day,
        "trigger": money_out(one.trigger),
        "keep_back": money_out(one.keep_back),
        "cap": None if one.cap is None else money_out(one.cap),
        "payee": one.row.payee,
        "held": money_out(one.held),
        "set_at": moment_out(one.row.set_at),
    }


def looked_out(one: Looked) -> dict[str, Any]:
    """Write what a rule does or would do."""
    outcome = "parked" if one.refusals else "pays"
    if one.used is not None or one.early:
        outcome = "early" if one.used is None else "used"
    return {
        "account": one.account.number,
        "occasion": one.occasion.day.isoformat(),
        "outcome": outcome,
        "held": money_out(one.held),
        "amount": money_out(one.judged.amount),
        "fee": money_out(one.judged.fee),
        "net": money_out(one.judged.net),
        "withdrawal": one.used or one.withdrawal,
        "reasons": [reason_out(refusal) for refusal in one.refusals] if outcome == "parked" else [],
    }


@endpoint(router, "GET", "/payout-rules", answers=PayoutRulesOut, problems={404})
def list_payout_rules(
    request: ApiRequest,
    asked: RuleAsked,
    cursor: Cursor | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """List the rules in force by account, also those that are off."""
    wanted = asked.wanted(request.call)
    return Answer(
        page(
            lambda after, most: payout_rules(wanted, after=after, limit=most),
            cursor=cursor,
            limit=limit,
            place=lambda one: one.account.number,
            write=rule_out,
        )
    )


@endpoint(router, "GET", "/payout-rules/file", answers=None, answer_types=KINDS[:2], problems={404})
def download_payout_rules(request: ApiRequest, asked: RuleAsked, file: FileAsked) -> HttpResponse:
    """Download the rules that a filter finds as csv or xlsx, by account."""
    return list_file(request.call, RULES, asked.wanted(request.call), file)


@endpoint(router, "GET", "/payout-rules/rehearsal", answers=RehearsedOut)
def rehearse_payout_rules(
    request: ApiRequest,
    after: PlainNumber | None = None,
    limit: Limit = PAGE_DEFAULT,
) -> Answer:
    """Say what a run of all rules would do now, and why not; nothing is paid out."""
    run = run_automatic(at=request.call.received_at, dry_run=True, after=after or 0, most=limit)
    rows = sorted(
        [*run.applied, *run.parked, *run.used, *run.early], key=lambda one: one.account.number
    )
    onward = rows[-1].account.number if run.looked == limit else None
    return Answer(
        {"data": [looked_out(one) for one in rows], "looked": run.looked, "after": onward}
    )


@endpoint(router, "GET", "/payout-rules/{account}", answers=PayoutRuleOut)
def get_payout_rule(request: ApiRequest, account: PlainNumber) -> Answer:
    """Show the rule in force of an account."""
    reached(request.call, account, field="account")
    return Answer(rule_out(_in_force(account)))


@endpoint(router, "GET", "/payout-rules/{account}/rehearsal", answers=LookedOut)
def rehearse_payout_rule(request: ApiRequest, account: PlainNumber) -> Answer:
    """Say what the rule of an account would do now, and why not; nothing is paid out."""
    reached(request.call, account, field="account")
    return Answer(looked_out(look(_in_force(account).row, at=request.call.received_at)))


@endpoint(
    router,
    "POST",
    "/payout-rules/{account}",
    answers=RuleSetOut,
    asks_key=True,
    problems={409},
)
def set_payout_rule(request: ApiRequest, account: PlainNumber, body: PayoutRuleIn) -> Answer:
    """Set the rule of an account; where the operator asks for two people, the house's waits for the second."""
    call = request.call
    found = reached(call, account, field="account")
    done = ruling.set_payout_rule(
        account=found,
        rule=body.rule(found.currency),
        instruction=call.instruction(),
        note=body.note,
    )
    if isinstance(done, Proposal):
        return Answer({"rule": None, "proposal": done.pk})
    return Answer({"rule": rule_out(_in_force(account)), "proposal": None})


def _in_force(account: int) -> RuleSeen:
    """Give the rule in force of an account.

    Raises:
        UnknownPayoutRule: none was ever set.
    """
    found = payout_rules(RulesWanted(account=account), limit=1)
    if not found:
        message = "No rule was ever set for this account."
        raise ruling.UnknownPayoutRule(message, field="account", there=str(account))
    return found[0]
