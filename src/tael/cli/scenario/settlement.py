"""The verbs of the settlement with merchants: accounts, business records, bill runs, period reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from tael.cli.scenario import completeness
from tael.cli.scenario.read import ScenarioError
from tael.cli.scenario.story import STAFF, number_in
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import (
    amounts_now,
    merchant_account,
    open_merchant_account,
)
from tael.settlement.accounts.terms import AccountTerms, set_terms
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.bills.bill_search import BillsWanted, bill_facts, bills
from tael.settlement.records.accrual import Told, fail_accrual, record_accrual
from tael.settlement.registry import add_kind, add_source
from tael.settlement.remittances.adjustment import adjust as adjust_account
from tael.settlement.reports.period_report import make_reports
from tael.settlement.reports.report_search import ReportsWanted, reports
from tael.settlement.signed_amount import parse_signed_amount

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.scenario.read import Step
    from tael.cli.scenario.story import Story
    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

STATES: Final = ("confirmed", "pending", "failed")


def source(story: Story, step: Step) -> None:
    """Register a business system: `source shop since=2026-01-01`."""
    code = step.word("the code of a source")
    add_source(
        code=code,
        name=step.fact("name", code),
        zone=step.fact("zone", "UTC"),
        first_day=day_in(step, step.must("since")),
        actor=STAFF,
        at=story.now,
    )


def kind(story: Story, step: Step) -> None:
    """Register a kind of business: `kind phone name="Phone calls" unit=minutes`."""
    code = step.word("the code of a kind")
    add_kind(
        code=code,
        names={"en": step.fact("name", code)},
        unit=step.fact("unit"),
        actor=STAFF,
        at=story.now,
    )


def merchant(story: Story, step: Step) -> None:
    """Open a merchant account, which must get this number: `merchant 500001 owner=10012 currency=CNY`."""
    number = number_in(step, step.word("the number that the account gets"))
    opened = open_merchant_account(
        owner=number_in(step, step.must("owner")),
        currency=step.must("currency"),
        name=step.fact("name", "default"),
        actor=STAFF,
        at=story.now,
    )
    if opened.number != number:
        raise ScenarioError(step.place, f"the account has got the number {opened.number}")


def terms(story: Story, step: Step) -> None:
    """Agree on terms: `terms 500001 cycle=day review=yes collect_from=100001 minimum=50.00`."""
    account = _account(step)
    least = parse_amount(step.fact("minimum", "0"), account.currency, allow_zero=True).minor
    review, wallet = step.fact("review", "no"), step.fact("collect_from")
    set_terms(
        account=account,
        terms=AccountTerms(
            cycle=step.fact("cycle", "month"),
            zone=step.fact("zone", "UTC"),
            review=review == "yes",
            collect_from=number_in(step, wallet) if wallet else None,
            minimum_manual=least,
            minimum_automatic=least,
        ),
        instruction=story.instruction(step),
    )


def record(story: Story, step: Step) -> None:
    """Record an act of business: `record 500001 phone 30.00 number=N1 day=2026-10-05 quantity=100`.

    `state=pending` is to be confirmed; `state=failed` has been cancelled; without it it is confirmed.
    """
    account = _account(step)
    told = Told(
        source=step.fact("source", "shop"),
        kind=step.word("the code of a kind"),
        number=step.must("number"),
        amount=_signed(step, account),
        day=day_in(step, step.must("day")),
        quantity=_quantity(step),
    )
    state = step.fact("state", "confirmed")
    if state not in STATES:
        raise ScenarioError(step.place, f"a record is {', '.join(STATES)}, not {state}")
    record_accrual(
        account=account, told=told, confirmed=state == "confirmed", actor=STAFF, at=story.now
    )
    if state == "failed":
        named = {"source": told.source, "kind": told.kind, "number": told.number}
        fail_accrual(**named, actor=STAFF, at=story.now)


def bill(story: Story, step: Step) -> None:
    """Make the bills that are due on a day: `bill run 2026-11-01`."""
    if step.word("run") != "run":
        raise ScenarioError(step.place, "bills are made by: bill run <day>")
    run_bills(day=day_in(step, step.word("a day")), actor=STAFF, at=story.now)


def adjust(story: Story, step: Step) -> None:
    """Correct an account: `adjust 500001 -70.00 "paid out by hand"`."""
    account = _account(step)
    adjust_account(
        account=account,
        amount=_signed(step, account),
        reason=step.word("a reason"),
        instruction=story.instruction(step),
    )


def report(story: Story, step: Step) -> None:
    """Make the reports of an account's periods that have ended: `report 500001`."""
    make_reports(account=_account(step), actor=STAFF, at=story.now)


def bill_claims(step: Step) -> dict[str, str]:
    """Give what can be claimed of an account's newest bill: `expect bill 500001 total=40.00 records=3`.

    A line is claimed by its kind: `phone="100 minutes 30.00"`.
    """
    account = _account(step)
    found = bills(BillsWanted(account=account.number), limit=1)
    if not found:
        return {"state": "none"}
    facts = bill_facts(found[0].bill.pk)
    lines = {
        line.kind: f"{line.counted} {line.unit} {line.amount.text}".strip() for line in facts.lines
    }
    return {
        "state": facts.bill.state,
        "total": facts.total.text,
        "records": str(facts.bill.records),
        **lines,
    }


def merchant_claims(step: Step) -> dict[str, str]:
    """Give what can be claimed of an account: `expect merchant 500001 amount=-30.00`."""
    account = _account(step)
    return {"amount": amounts_now([account])[account.number].text}


def report_claims(step: Step) -> dict[str, str]:
    """Give what can be claimed of a report: `expect report 500001 2026-10-31 opening=0.00 closing=20.00`."""
    account = _account(step)
    day = day_in(step, step.word("the last day of the period"))
    found = reports(ReportsWanted(account=account.number, since=day, until=day))
    if not found:
        return {"state": "none"}
    one = found[0]
    figures = (
        ("opening", one.opening),
        ("came", one.came),
        ("went", one.went),
        ("closing", one.closing),
    )
    return {name: figure.text for name, figure in figures}


def _account(step: Step) -> MerchantAccount:
    return merchant_account(number_in(step, step.word("the number of a merchant account")))


def _signed(step: Step, account: MerchantAccount) -> Money:
    return parse_signed_amount(step.word("an amount"), account.currency)


def day_in(step: Step, text: str) -> date:
    """Read a day.

    Raises:
        ScenarioError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(step.place, f"{text} is no day") from error


def _quantity(step: Step) -> Any:
    text = step.fact("quantity")
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise ScenarioError(step.place, f"{text} is no quantity") from error


VERBS: Final[dict[str, Callable[[Story, Step], None]]] = {
    "source": source,
    "kind": kind,
    "merchant": merchant,
    "terms": terms,
    "record": record,
    "bill": bill,
    "adjust": adjust,
    "report": report,
    **completeness.VERBS,
}
CLAIMS: Final[dict[str, Callable[[Step], dict[str, str]]]] = {
    "bill": bill_claims,
    "completeness": completeness.claims,
    "merchant": merchant_claims,
    "report": report_claims,
}
