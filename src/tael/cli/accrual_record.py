"""`tael accrual`: business records, one by one: found, recorded, confirmed, failed, reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tael import books
from tael.api.v1.accruals import read_quantity
from tael.api.v1.merchant_shapes import accrual_out
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import RECORDS
from tael.money import parse_amount
from tael.settlement.accounts.merchant_account import merchant_account
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records.accrual import Told, confirm_accrual, fail_accrual, record_accrual
from tael.settlement.records.accrual_search import (
    AccrualsWanted,
    accrual_view,
    accruals,
    by_business_number,
)
from tael.settlement.records.reversal import reverse_accrual
from tael.settlement.signed_amount import parse_signed_amount

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from tael.cli.call import Call

DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
COLUMNS: Final = (
    "record",
    "account",
    "source",
    "kind",
    "number",
    "amount",
    "state",
    "day",
    "bill",
    "reversed_number",
)


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    for argument in ("number", "kind", "source"):
        function = click.argument(argument)(function)
    return function


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()


def _shown(number: int) -> Facts:
    return Facts(accrual_out(accrual_view(number)))


@command("list")
@click.option("--account", type=NUMBER)
@click.option("--merchant", type=NUMBER, help="The number of a customer.")
@click.option("--source")
@click.option("--kind")
@click.option("--number", help="A business number, or the one that is reversed.")
@click.option("--state", type=click.Choice([state.value for state in AccrualState]))
@click.option("--settled/--unsettled", default=None, help="Whether a bill has taken it.")
@click.option("--since", type=DAY, help="By which it is billed; included.")
@click.option("--until", type=DAY)
@click.option("--before", type=NUMBER, help="Those before this record.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
    saved: Saved,
    **asked: Any,
) -> Listing | Facts:
    """List business records, the newest first."""
    wanted = AccrualsWanted(
        account=asked["account"],
        owner=asked["merchant"],
        source=asked["source"] or "",
        kind=asked["kind"] or "",
        number=asked["number"] or "",
        settled=asked["settled"],
        state=None if state is None else AccrualState(state),
        since=_day(since),
        until=_day(until),
    )
    if saved.wanted:
        return saved.of(RECORDS, wanted)
    rows = accruals(wanted, limit=limit, before=before)
    more = f"--before {rows[-1].row.pk}" if len(rows) == limit else ""
    return Listing(COLUMNS, [accrual_out(view) for view in rows], more)


@command("show")
@_named
def show(_call: Call, *, source: str, kind: str, number: str) -> Facts:
    """Show the record of SOURCE, KIND and business NUMBER."""
    return Facts(accrual_out(by_business_number(source, kind, number)))


@command("record")
@click.argument("account", type=NUMBER)
@_named
@click.option("--amount", required=True, help="Plain digits; with a minus what the merchant pays.")
@click.option("--pending", is_flag=True, help="The service is still in progress.")
@click.option("--day", type=DAY, help="By which it is billed.  [default: when it happened]")
@click.option("--occurred-on", type=DAY, help="When it happened.")
@click.option("--quantity", help="In the unit of the kind.")
@click.option("--gross", help="The value of which the amount is a share.")
@click.option("--note", default="")
@click.option("--late-reason", default="", help="Why it belongs into a month that is being closed.")
def record(call: Call, *, account: int, pending: bool, late_reason: str, **told: Any) -> Facts:
    """Record an act of business for ACCOUNT; the same one again shows the record that is there."""
    found = merchant_account(account)
    unit = books.currency(found.currency.code)
    gross = told["gross"]
    done = record_accrual(
        account=found,
        told=Told(
            source=told["source"],
            kind=told["kind"],
            number=told["number"],
            amount=parse_signed_amount(told["amount"], unit),
            day=_day(told["day"]),
            occurred_on=_day(told["occurred_on"]),
            quantity=read_quantity(told["quantity"]),
            gross=None if gross is None else parse_amount(gross, unit, field="gross"),
            note=told["note"],
        ),
        confirmed=not pending,
        actor=call.actor,
        at=call.at,
        late_reason=late_reason,
    )
    return _shown(done.accrual.pk)


@command("confirm")
@_named
def confirm(call: Call, *, source: str, kind: str, number: str) -> Facts:
    """Say that the service of a pending record is finished: the next bill takes it."""
    row = confirm_accrual(source=source, kind=kind, number=number, actor=call.actor, at=call.at)
    return _shown(row.pk)


@command("fail")
@_named
def fail(call: Call, *, source: str, kind: str, number: str) -> Facts:
    """Say that the service of a pending record was cancelled: no bill ever takes it."""
    row = fail_accrual(source=source, kind=kind, number=number, actor=call.actor, at=call.at)
    return _shown(row.pk)


@command("reverse")
@_named
@click.option("--by", required=True, help="The business number of the reversal itself.")
@click.option("--amount", help="How much of it.  [default: all that is left]")
@click.option("--quantity", help="How much of its quantity.  [default: its share]")
@click.option("--day", type=DAY, help="By which it is billed.  [default: today]")
@click.option("--note", default="")
def reverse(call: Call, *, source: str, kind: str, number: str, by: str, **told: Any) -> Facts:
    """Take a confirmed record back, whole or in part, by a record with a number of its own."""
    original = by_business_number(source, kind, number)
    text = told["amount"]
    done = reverse_accrual(
        source=source,
        kind=kind,
        reversed_number=number,
        number=by,
        amount=None if text is None else parse_amount(text, original.account.currency),
        quantity=read_quantity(told["quantity"]),
        day=_day(told["day"]),
        note=told["note"],
        actor=call.actor,
        at=call.at,
    )
    return _shown(done.accrual.pk)


COMMANDS: Final = (listing, show, record, confirm, fail, reverse)
