"""The run of automatic withdrawals (自動提現): each account with a rule is judged once for each occasion.

It may be stopped anywhere, started twice and run again: an occasion that was used is not used again, and
what could not be paid out then is judged anew by the next run.

Source: B-34, B-36, B-37; A-B5, A-B17; peers-settlement-invest A17.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.books import Instruction
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import account_from, amounts_now
from tael.settlement.accounts.terms import terms_in_force
from tael.settlement.models import MerchantWithdrawal, PayoutRule
from tael.settlement.payouts.payout_rule import occasion_of
from tael.settlement.payouts.qualification import Judged, NotQualified, judge
from tael.settlement.payouts.withdrawal import Occasion, apply_merchant_withdrawal
from tael.settlement.registry import parse_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

PORTION: Final = 500
CHANNEL: Final = "System"


class Looked(NamedTuple):
    """What a rule does, or would do, on an occasion.

    Args:
        judged: amount, fee, net, what is left, and all that is in the way.
        withdrawal: what was applied for; None where nothing was, and in a dry run.
        used: the withdrawal that this occasion has had before.
        early: the rule was set after this occasion and acts on the next one.
    """

    account: MerchantAccount
    rule: PayoutRule
    occasion: Occasion
    held: Money
    judged: Judged
    withdrawal: int | None = None
    used: int | None = None
    early: bool = False

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Give why nothing is paid out; empty where something is."""
        return self.judged.refusals


class AutomaticRun(NamedTuple):
    """What a run did: every account with a rule that is on is in one of the four.

    Args:
        looked: how many these are.
        applied: those paid out. parked: those that were not, with the reasons.
        used: those whose occasion had been used before. early: those whose rule begins with the next one.
    """

    looked: int
    applied: list[Looked]
    parked: list[Looked]
    used: list[Looked]
    early: list[Looked]

    @property
    def counts(self) -> bool:
        """Tell whether no account was lost: looked = applied + parked + used + early."""
        return self.looked == sum(len(one) for one in self[1:])


def run_automatic(
    *,
    at: datetime,
    actor: str = "system",
    dry_run: bool = False,
    after: int = 0,
    most: int | None = None,
) -> AutomaticRun:
    """Pay out every account whose rule is on and has not acted on its newest occasion.

    One account's refusal stops no other.

    Args:
        at: now; which day that is follows from each account's time zone.
        dry_run: nothing is written; gives what would happen, and why not.
        after: only accounts above this number. most: at most so many of them.

    Source: B-36; A-B17; A17.
    """
    done = AutomaticRun(0, [], [], [], [])
    for rule in islice(_rules(after), most):
        found = look(rule, at=at)
        if not (found.used or found.early or found.refusals or dry_run):
            found = _apply(found, at=at, actor=actor)
        done = done._replace(looked=done.looked + 1)
        if found.used is not None:
            done.used.append(found)
        elif found.early:
            done.early.append(found)
        elif found.refusals:
            done.parked.append(found)
        else:
            done.applied.append(found)
    assert done.counts, "an account with a rule was lost"
    return done


def look(rule: PayoutRule, *, at: datetime) -> Looked:
    """Judge what a rule does now, without doing it.

    Source: A17 (dry run first); B-34.
    """
    account = account_from(rule.account)
    terms = terms_in_force(account.number)
    zone = parse_zone(terms.zone)
    occasion = Occasion(rule.pk, occasion_of(rule, at.astimezone(zone).date()))
    held = amounts_now([account])[account.number]
    wanted = amount_wanted(rule, held.minor)
    judged = judge(account, terms, amount=account.money(wanted), payee=rule.payee, way="automatic")
    own = _rule_says(rule, account, held)
    if own is not None:
        judged = judged._replace(refusals=(*judged.refusals, own))
    early = occasion.day < rule.set_at.astimezone(zone).date()
    return Looked(account, rule, occasion, held, judged, used=_used(account, occasion), early=early)


def amount_wanted(rule: PayoutRule, held: int) -> int:
    """Give how much a rule takes of what an account holds: all but what stays, up to the cap; never below 0.

    >>> amount_wanted(PayoutRule(keep_back=100, cap=None), 350)
    250
    >>> amount_wanted(PayoutRule(keep_back=100, cap=200), 350)
    200
    >>> amount_wanted(PayoutRule(keep_back=100, cap=None), 80)
    0

    Source: A-B5; A17.
    """
    free = max(held - rule.keep_back, 0)
    return free if rule.cap is None else min(free, rule.cap)


def _apply(found: Looked, *, at: datetime, actor: str) -> Looked:
    """Apply for what was judged; what has changed since is judged again under the account's lock."""
    instruction = Instruction(
        key=f"automatic-withdrawal:{found.account.number}:{found.occasion.day}",
        actor=actor,
        at=at,
        channel=CHANNEL,
    )
    try:
        made = apply_merchant_withdrawal(
            account=found.account,
            amount=found.judged.amount,
            payee=found.rule.payee,
            instruction=instruction,
            occasion=found.occasion,
        )
    except Refusal as refusal:
        used = _used(found.account, found.occasion)
        if used is not None:  # by another run, in this very moment
            return found._replace(used=used)
        return found._replace(judged=found.judged._replace(refusals=(refusal,)))
    if made.replayed:
        return found._replace(used=made.withdrawal.pk)
    return found._replace(withdrawal=made.withdrawal.pk)


def _used(account: MerchantAccount, occasion: Occasion) -> int | None:
    made = MerchantWithdrawal.objects.filter(
        account=account.number, way="automatic", occasion=occasion.day
    )
    return made.values_list("pk", flat=True).first()


def _rule_says(rule: PayoutRule, account: MerchantAccount, held: Money) -> NotQualified | None:
    if held.minor > rule.trigger:
        return None
    message = f"The rule acts above {account.money(rule.trigger)}."
    allowed = f"more than {account.money(rule.trigger)}"
    return NotQualified(message, field="trigger", there=str(held), allowed=allowed)


def _rules(after: int) -> Iterator[PayoutRule]:
    """Give the rules that are on, the newest of each account, in the order of the accounts' numbers."""
    while True:
        rows = books.connection().execute(
            """
            SELECT DISTINCT ON (account) id, account, active FROM settlement_payout_rule
            WHERE account > %s ORDER BY account, id DESC LIMIT %s
            """,
            [after, PORTION],
        )
        found = rows.fetchall()
        if not found:
            return
        on = [int(number) for number, _, active in found if active]
        rules = PayoutRule.objects.select_related("account").in_bulk(on)
        yield from (rules[number] for number in on)
        after = int(found[-1][1])
