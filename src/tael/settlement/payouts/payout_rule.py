"""Rules for automatic withdrawal (自動提現規則): when an account is paid out by itself, and how much stays.

They are a history; the newest row is in force. The merchant sets his own; what the house sets takes two
people where the operator has set a limit.

Source: B-33, B-36; A-B5, A-B17; peers-settlement-invest A17, A36; I32.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tael import books, ledger
from tael.approvals.command import Agreed, Command, Payload, register
from tael.approvals.limit import needs_two
from tael.approvals.proposal import Proposal, propose
from tael.parties import audit
from tael.parties.payee import payee as find_payee
from tael.parties.person import is_customer
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import MerchantAccount, merchant_account, owner_in
from tael.settlement.models import MerchantAccountRow, PayoutRule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tael.books import Instruction

__all__ = [
    "AccountRule",
    "PayoutRule",
    "PayoutRuleMalformed",
    "UnknownPayoutRule",
    "occasion_after",
    "occasion_of",
    "rule_in_force",
    "set_payout_rule",
]

DAY_MAX: Final[dict[str, int]] = {"day": 1, "week": 7, "month": 28}
AMOUNT_MAX: Final = 2**63 - 1


class PayoutRuleMalformed(Refusal):
    """A part of a rule for automatic withdrawal has a value that it cannot have."""

    code = "payout_rule_malformed"
    rule: ClassVar[str] = "A17"
    remedy = "Send the named part in the allowed form."


class UnknownPayoutRule(Refusal):
    """No rule has ever been set for this account."""

    code = "unknown_payout_rule"
    because: ClassVar[Because] = "absent"
    rule = "A17"
    remedy = "Set a rule first."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRule:
    """What a rule says; amounts are minor units of the account's currency. See the table `PayoutRule`."""

    payee: int
    active: bool = True
    schedule: str = "month"
    day: int = 1
    trigger: int = 0
    keep_back: int = 0
    cap: int | None = None

    def facts(self) -> dict[str, Any]:
        """Give the rule as plain JSON."""
        return asdict(self)


@books.atomic
def set_payout_rule(
    *, account: MerchantAccount, rule: AccountRule, instruction: Instruction, note: str = ""
) -> PayoutRule | Proposal:
    """Set when an account is paid out by itself, in force at once; one that is in force already stays.

    The merchant decides about his own money alone. For the house it takes two people where the operator
    has set a limit for it.

    Raises:
        PayoutRuleMalformed: naming the part.
        UnknownPayee, PayeeClosed: about the payee account.
        KeyReused: the key stands for another rule.

    Source: B-33, B-36; A17, A36; I32.
    """
    _check(account, rule)
    his_own = is_customer(instruction.actor, account.owner)
    payload = {"account": account.number, "rule": rule.facts()}
    waits = Proposal.objects.filter(key=instruction.entry_keys().key).exists()
    if his_own or not (waits or needs_two(SET_RULE.code, account.currency.code, None)):
        if waits:
            message = "The key stands for another request."
            raise ledger.KeyReused(message, field="key")
        return _enter(account, rule, instruction, proposal=None)
    before = rule_in_force(account.number)
    return propose(
        command=SET_RULE.code,
        payload=payload,
        subject=f"merchant_account:{account.number}",
        before=None if before is None else account_rule(before).facts(),
        note=note,
        instruction=instruction,
    )


def rule_in_force(account: int) -> PayoutRule | None:
    """Give the newest rule of an account, also one that is off; None if there never was one.

    Source: A17.
    """
    return PayoutRule.objects.filter(account=account).order_by("-id").first()


def account_rule(row: PayoutRule) -> AccountRule:
    """Give what a row of the table says."""
    return AccountRule(**{each.name: getattr(row, each.name) for each in fields(AccountRule)})


def occasion_of(row: PayoutRule, day: date) -> date:
    """Give the occasion that a rule acts on when it is looked at on a day: its newest day, that one included.

    A run that was missed is made up for on the next day; an occasion is used once all the same.

    >>> occasion_of(PayoutRule(schedule="month", day=1), date(2026, 11, 17))
    datetime.date(2026, 11, 1)
    >>> occasion_of(PayoutRule(schedule="month", day=20), date(2026, 11, 17))
    datetime.date(2026, 10, 20)
    >>> occasion_of(PayoutRule(schedule="week", day=5), date(2026, 11, 19))  # a Thursday
    datetime.date(2026, 11, 13)

    Source: B-36; A-B17.
    """
    if row.schedule == "day":
        return day
    if row.schedule == "week":
        return day - timedelta(days=(day.isoweekday() - row.day) % 7)
    if day.day >= row.day:
        return day.replace(day=row.day)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=row.day)


def occasion_after(row: PayoutRule, day: date) -> date:
    """Give the occasion of a rule that comes next after a day.

    >>> occasion_after(PayoutRule(schedule="month", day=1), date(2026, 11, 1))
    datetime.date(2026, 12, 1)
    >>> occasion_after(PayoutRule(schedule="month", day=20), date(2026, 10, 31))
    datetime.date(2026, 11, 20)
    >>> occasion_after(PayoutRule(schedule="week", day=5), date(2026, 11, 20))  # a Friday
    datetime.date(2026, 11, 27)
    >>> occasion_after(PayoutRule(schedule="day", day=1), date(2026, 11, 30))
    datetime.date(2026, 12, 1)

    Source: B-36; A-B17.
    """
    last = occasion_of(row, day)
    if row.schedule == "month":
        return (last.replace(day=1) + timedelta(days=31)).replace(day=row.day)
    return last + timedelta(days=7 if row.schedule == "week" else 1)


def _check(account: MerchantAccount, rule: AccountRule) -> None:
    if rule.schedule not in DAY_MAX:
        raise _malformed("schedule", rule.schedule, ", ".join(DAY_MAX))
    _within("day", rule.day, 1, DAY_MAX[rule.schedule])
    _within("trigger", rule.trigger, 0, AMOUNT_MAX)
    _within("keep_back", rule.keep_back, 0, AMOUNT_MAX)
    if rule.cap is not None:
        _within("cap", rule.cap, 1, AMOUNT_MAX)
    # a rule may be switched off though its payee account has been closed
    find_payee(rule.payee, account.owner, closed_too=not rule.active)


def _enter(
    account: MerchantAccount, rule: AccountRule, instruction: Instruction, *, proposal: int | None
) -> PayoutRule:
    # whoever sets a rule of the account waits here, so that each finds what the one before set
    MerchantAccountRow.objects.select_for_update(no_key=True).get(pk=account.number)
    before = rule_in_force(account.number)
    if before is not None and account_rule(before) == rule and proposal is None:
        return before
    entered = PayoutRule.objects.create(
        account_id=account.number,
        set_at=instruction.at,
        set_by=instruction.actor,
        proposal=proposal,
        **rule.facts(),
    )
    audit.record(
        actor=instruction.actor,
        action="payout_rule.set",
        subject=f"merchant_account:{account.number}",
        at=instruction.at,
        details={
            "before": None if before is None else account_rule(before).facts(),
            "after": rule.facts(),
        },
    )
    return entered


def _carry_out(payload: Payload, instruction: Instruction, agreed: Agreed) -> Mapping[str, Any]:
    account = merchant_account(payload["account"])
    rule = AccountRule(**payload["rule"])
    _check(account, rule)
    return {"rule": _enter(account, rule, instruction, proposal=agreed.proposal).pk}


SET_RULE: Final = register(
    Command(
        "settlement.payout_rule",
        "Rule for automatic withdrawal",
        _carry_out,
        concerns=owner_in,
        amounts=frozenset({"trigger", "keep_back", "cap"}),
    )
)


def _within(field: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _malformed(field, str(value)[:40], f"{least} to {most}")


def _malformed(field: str, there: str, allowed: str) -> PayoutRuleMalformed:
    return PayoutRuleMalformed(f"{field} is malformed.", field=field, there=there, allowed=allowed)
