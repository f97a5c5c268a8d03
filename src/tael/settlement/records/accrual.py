"""Business records (業務收支): what an act of business means in money, before any money moves.

A record is written once per source, kind and business number. It is never edited: it is confirmed or
fails, and what is wrong with a confirmed one later is a reversal with a number of its own.

Source: B-08 to B-16; E-12; SM-04; A1 to A4; A-B12, A-B13, A-B14.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from tael import books
from tael.lifecycle import MoveNotAllowed
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.accounts.merchant_account import account_from, check_usable
from tael.settlement.accounts.open_days import open_days
from tael.settlement.lifecycles import ACCRUAL, AccrualEvent, AccrualState
from tael.settlement.models import Accrual
from tael.settlement.registry import business_kind, parse_zone
from tael.settlement.registry import source as find_source
from tael.wallet.soft_close import note_late

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.accounts.open_days import OpenDays
    from tael.settlement.models import BusinessKind

__all__ = [
    "Accrual",
    "AccrualDecided",
    "AccrualMalformed",
    "AccrualTaken",
    "Recorded",
    "Told",
    "UnknownAccrual",
    "confirm_accrual",
    "fail_accrual",
    "record_accrual",
]

NUMBER: Final = re.compile(r"[!-~]{1,64}")
NOTE_MAX: Final = 200
FACTS_MAX: Final = 4000
PLACES: Final = 6
QUANTITY_MAX: Final = Decimal(10) ** 13


class UnknownAccrual(Refusal):
    """There is no business record of this source, kind and number."""

    code = "unknown_accrual"
    because: ClassVar[Because] = "absent"
    rule = "B-10"
    remedy = "Check source, kind and business number."


class AccrualTaken(Refusal):
    """There is a record of this source, kind and number, and it says something else."""

    code = "accrual_taken"
    because: ClassVar[Because] = "conflict"
    rule = "B-15"
    remedy = (
        "Look at the record that is there; a correction is a reversal with a number of its own."
    )


class AccrualMalformed(Refusal):
    """A number, amount or quantity of a business record has a shape that cannot be kept."""

    code = "accrual_malformed"
    rule = "E-12"
    remedy = "Send the named field in the allowed form."


class AccrualDecided(Refusal):
    """The record has been confirmed or has failed; what comes later is a reversal, or nothing."""

    code = "accrual_decided"
    because: ClassVar[Because] = "conflict"
    rule = "B-11"
    remedy = "Reverse a record that was confirmed; one that failed stays as it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a business system tells of one act.

    Args:
        source, kind: codes. number: the business number, 1 to 64 visible ASCII characters.
        amount: signed, in the account's currency, not 0.
        day: by which it is billed; None is the day it happened, or the first open day after it.
        occurred_on: when it happened; None is ``day``.
        quantity: >= 0, in the kind's unit. gross: the value of which the amount is a share.
        facts: rate, rule and inputs, plain JSON. note: free text.
    """

    source: str
    kind: str
    number: str
    amount: Money
    day: date | None = None
    occurred_on: date | None = None
    quantity: Decimal | None = None
    gross: Money | None = None
    facts: Mapping[str, Any] | None = None
    note: str = ""


class Recorded(NamedTuple):
    """A business record, and whether the same was told before."""

    accrual: Accrual
    replayed: bool


@books.atomic
def record_accrual(
    *,
    account: MerchantAccount,
    told: Told,
    actor: str,
    at: datetime,
    confirmed: bool = True,
    origin: str = "at_once",
    late_reason: str = "",
) -> Recorded:
    """Write down an act of business; nothing is posted.

    The same act told again gives the record that is there, also when it was told as pending and has
    been decided since. One that is told as finished while it stands as pending is confirmed by that.

    Args:
        confirmed: the service is finished; False while it is still in progress.
        origin: at_once, import or check.
        late_reason: why it belongs into a month that is being closed; who may say so is asked at the door.

    Raises:
        UnknownSource, UnknownBusinessKind, MerchantAccountDisabled.
        PeriodClosing: its day lies in a month that is being closed, and no reason is given.
        AccrualMalformed: number, amount, gross or quantity.
        DayNotOpen: it lies in a closed period or ahead.
        AccrualTaken: the number stands for something else; names the field that differs.

    Source: B-08, B-09, B-11, B-15; SM-04; A1.
    """
    origin_of, kind = find_source(told.source), business_kind(told.kind)
    check_told(account, told, kind)
    check_sign(told.amount, kind, reversal=False)
    there = Accrual.objects.filter(source=told.source, kind=told.kind, number=told.number).first()
    if there is not None:
        if not confirmed or there.state != AccrualState.PENDING:
            return replay(there, account, told, confirmed=confirmed)
        replay(there, account, told)
        same = {"source": told.source, "kind": told.kind, "number": told.number}
        return Recorded(confirm_accrual(**same, actor=actor, at=at), replayed=False)
    check_usable(account)
    zone = parse_zone(origin_of.zone)
    day, occurred_on = days_of(told, open_days(zone=zone, at=at, late=bool(late_reason)))
    if late_reason and day < open_days(zone=zone, at=at).first:
        subject = f"accrual:{told.source}:{told.kind}:{told.number}"
        note_late(subject, late_reason, actor=actor, at=at, day=day.isoformat())
    state = AccrualState.CONFIRMED if confirmed else AccrualState.PENDING
    return enter(
        told,
        account,
        at=at,
        actor=actor,
        day=day,
        occurred_on=occurred_on,
        state=state.value,
        origin=origin,
    )


@books.atomic
def confirm_accrual(*, source: str, kind: str, number: str, actor: str, at: datetime) -> Accrual:
    """Say that the service of a pending record is finished: it will be on the next bill.

    Raises:
        UnknownAccrual: there is none.
        AccrualDecided: it has failed. One that is confirmed already stays so.

    Source: B-11, B-12; SM-04; A-B10.
    """
    return _decide(source, kind, number, AccrualEvent.CONFIRM, actor=actor, at=at)


@books.atomic
def fail_accrual(*, source: str, kind: str, number: str, actor: str, at: datetime) -> Accrual:
    """Say that the service of a pending record was cancelled: it will never be on a bill.

    Raises:
        UnknownAccrual: there is none.
        AccrualDecided: it is confirmed; that takes a reversal. One that has failed already stays so.

    Source: B-11, B-12; SM-04; A-B12.
    """
    return _decide(source, kind, number, AccrualEvent.FAIL, actor=actor, at=at)


def check_told(account: MerchantAccount, told: Told, kind: BusinessKind) -> None:
    """Refuse what cannot be kept.

    Raises:
        AccrualMalformed: naming the field.
    """
    if not NUMBER.fullmatch(told.number):
        raise malformed("number", repr(told.number)[:60], "1 to 64 visible ASCII characters")
    for field, amount in (("amount", told.amount), ("gross", told.gross)):
        if amount is not None and amount.currency.code != account.currency.code:
            raise malformed(field, str(amount), f"an amount in {account.currency.code}")
    if not told.amount.minor:
        raise malformed("amount", str(told.amount), "an amount that is not 0")
    if told.quantity is not None:
        check_quantity(told.quantity, kind)
    parse_text(told.note, field="note", longest=NOTE_MAX, may_be_empty=True)
    written_facts(told.facts)


def written_facts(facts: Mapping[str, Any] | None) -> str | None:
    """Write the facts that were told with a record as JSON.

    Raises:
        AccrualMalformed: they are no JSON that the database keeps, or too long.
    """
    if facts is None:
        return None
    allowed = f"a JSON object of up to {FACTS_MAX:,} characters"
    try:
        text = json.dumps(dict(facts), ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise malformed("facts", type(facts).__name__, allowed) from None
    if len(text) > FACTS_MAX or "\\u0000" in text:
        raise malformed("facts", ascii(text[:40])[1:-1], allowed)
    return text


def check_sign(amount: Money, kind: BusinessKind, *, reversal: bool) -> None:
    """Refuse income of a kind that is an expense, and the other way round; a reversal is the opposite.

    Raises:
        AccrualMalformed: of the amount.

    Source: B-13.
    """
    wanted = {"in": 1, "out": -1, "either": 0}[kind.direction] * (-1 if reversal else 1)
    if wanted and amount.minor * wanted < 0:
        allowed = f"an amount {'above' if wanted > 0 else 'below'} 0"
        raise malformed("amount", str(amount), allowed)


def days_of(told: Told, days: OpenDays) -> tuple[date, date]:
    """Give the day by which a record is billed and the one on which it happened.

    What happened in a closed period is booked on the first open day and keeps its true one.

    Raises:
        DayNotOpen: the day that was told is not open, or it is to have happened later than now.

    Source: A38.
    """
    if told.occurred_on is not None:
        days.check_past(told.occurred_on, field="occurred_on")
    day = told.day or max(told.occurred_on or days.today, days.first)
    days.check(day)
    return day, told.occurred_on or day


def enter(told: Told, account: MerchantAccount, **further: Any) -> Recorded:
    """Write the row; where a twin was faster, compare with his."""
    values = {
        "account_id": account.number,
        "amount": told.amount.minor,
        "gross": None if told.gross is None else told.gross.minor,
        "quantity": told.quantity,
        "facts": None if told.facts is None else dict(told.facts),
        "note": told.note.strip(),
        "recorded_at": further.pop("at"),
        "recorded_by": further.pop("actor"),
        **further,
    }
    made, new = Accrual.objects.get_or_create(
        source_id=told.source, kind_id=told.kind, number=told.number, defaults=values
    )
    if new:
        return Recorded(made, replayed=False)
    if values.get("type") == "reversal":  # its twin would have been seen under the original's lock
        check_same(made, (("reversed_number", made.reversed_number, ""),))
    return replay(made, account, told, confirmed=values["state"] == AccrualState.CONFIRMED)


def replay(
    there: Accrual, account: MerchantAccount, told: Told, *, confirmed: bool = False
) -> Recorded:
    """Give the record that is there to who tells the same again.

    Args:
        confirmed: whether it is told as finished; one that was told while in progress may have been decided.

    Raises:
        AccrualTaken: it says something else.

    Source: B-15.
    """
    pairs: tuple[tuple[str, object, object], ...] = (
        ("account", there.account_id, account.number),
        ("type", there.type, "normal"),
        ("amount", there.amount, told.amount.minor),
        ("quantity", there.quantity, told.quantity),
        ("gross", there.gross, None if told.gross is None else told.gross.minor),
        ("day", there.day, told.day or there.day),
        ("occurred_on", there.occurred_on, told.occurred_on or there.occurred_on),
        ("state", there.state, AccrualState.CONFIRMED.value if confirmed else there.state),
    )
    check_same(there, pairs)
    return Recorded(there, replayed=True)


def check_same(there: Accrual, pairs: tuple[tuple[str, object, object], ...]) -> None:
    """Refuse content that differs from what is there under the same number.

    Raises:
        AccrualTaken: naming the first field that differs.
    """
    for field, kept, said in pairs:
        if kept != said:
            message = f"{there.kind_id} {there.number} of {there.source_id} is there with another {field}."
            shown = account_from(there.account).money(kept) if field == "amount" else kept  # type: ignore[arg-type]
            raise AccrualTaken(message, field=field, there=str(shown))


def malformed(field: str, there: str, allowed: str) -> AccrualMalformed:
    """Say which field cannot be kept."""
    return AccrualMalformed(f"{field} is malformed.", field=field, there=there, allowed=allowed)


def locked_accrual(source: str, kind: str, number: str) -> Accrual:
    """Give a record for change; whoever else changes it waits.

    Raises:
        UnknownAccrual: there is none.
    """
    rows = Accrual.objects.select_for_update()
    row = rows.filter(source=source, kind=kind, number=number).first()
    if row is None:
        raise unknown_accrual(source, kind, number)
    return row


def unknown_accrual(source: str, kind: str, number: str) -> UnknownAccrual:
    """Say that there is no such record."""
    there = ascii(f"{source} {kind} {number}")[1:-1][:100]
    return UnknownAccrual("There is no such business record.", field="number", there=there)


def check_quantity(quantity: Decimal, kind: BusinessKind) -> None:
    """Refuse a quantity that cannot be kept.

    Raises:
        AccrualMalformed: of the quantity.
    """
    if not kind.unit:
        raise malformed("quantity", str(quantity), f"none: {kind.code} has no unit")
    exponent = quantity.normalize().as_tuple().exponent if quantity.is_finite() else "n"
    if not isinstance(exponent, int) or -exponent > PLACES or not 0 <= quantity < QUANTITY_MAX:
        raise malformed("quantity", str(quantity)[:40], "0 or more, with up to 6 decimals")


def _decide(
    source: str, kind: str, number: str, event: AccrualEvent, *, actor: str, at: datetime
) -> Accrual:
    row = locked_accrual(source, kind, number)
    wanted = ACCRUAL.moves[AccrualState.PENDING, event]
    if row.state == wanted and row.type == "normal":
        return row
    try:
        row.state = ACCRUAL.after(AccrualState(row.state), event).value
    except MoveNotAllowed:
        message = f"{row.kind_id} {row.number} is {row.state}."
        way = "a reversal of it" if row.state == AccrualState.CONFIRMED else None
        raise AccrualDecided(message, field="number", there=row.state, allowed=way) from None
    row.decided_at, row.decided_by = at, actor
    row.save(update_fields=["state", "decided_at", "decided_by"])
    return row
