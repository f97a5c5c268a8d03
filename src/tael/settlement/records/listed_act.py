"""One act of business as a business system lists it for the completeness check, and how it is read.

A list is a stranger's word. Every field comes as text and is read as at any other door; what cannot be
read is refused by itself, with its place in the list, and the others go on.

Source: B-14, E-12; A6; reliability T15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import NUMBER_MAX, account_from
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import MerchantAccountRow
from tael.settlement.records.accrual import NUMBER
from tael.settlement.registry import CODE
from tael.settlement.signed_amount import parse_signed_amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount

FIELDS: Final = (
    "kind",
    "number",
    "account",
    "amount",
    "currency",
    "state",
    "day",
    "type",
    "reversed_number",
    "quantity",
    "note",
)
"""What a list says of an act. Needed are the first four and the day."""
KEPT_MAX: Final = 200
KIND_MAX: Final = 64
REASON_MAX: Final = 500
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ACCOUNT: Final = re.compile(r"[1-9][0-9]{0,18}")
_QUANTITY: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?")


class ActMalformed(Refusal):
    """An act of a list has a field that cannot be read, or fields that do not go together."""

    code = "act_malformed"
    rule: ClassVar[str] = "B-14"
    remedy = "Let the business system list the named field in the allowed form."


class Listed(NamedTuple):
    """What a list says of one act, unread.

    Args:
        place: where it stands: "row 7", "page 2, act 5".
        facts: what it says, by the names of `FIELDS`.
        refusal: why the adapter itself does not take it, such as a row that nobody can see.
    """

    place: str
    facts: Mapping[str, Any]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act, read. ``day`` is the day on which it happened."""

    kind: str
    number: str
    account: MerchantAccount
    amount: Money
    state: str
    day: date
    reversed_number: str | None
    quantity: Decimal | None
    note: str

    @property
    def key(self) -> tuple[str, str]:
        """Give kind and number, by which both sides know it."""
        return self.kind, self.number

    @property
    def type(self) -> str:
        """Give normal or reversal."""
        return "normal" if self.reversed_number is None else "reversal"

    def facts(self) -> dict[str, str]:
        """Give it as plain text, for people to compare."""
        given = {
            "account": str(self.account.number),
            "amount": self.amount.text,
            "currency": self.amount.currency.code,
            "state": self.state,
            "day": self.day.isoformat(),
            "type": self.type,
        }
        if self.reversed_number is not None:
            given["reversed_number"] = self.reversed_number
        if self.quantity is not None:
            given["quantity"] = plain(self.quantity)
        return given


class Refused(NamedTuple):
    """An act that cannot be read or recorded.

    Args:
        kind, number: as far as they can be told, else the place in the list.
        theirs: what the list says, shortened.
    """

    kind: str
    number: str
    reason: str
    theirs: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """Give kind and number."""
        return self.kind, self.number


class Read(NamedTuple):
    """A list for one day, read: the acts by kind and number, and what was refused of it."""

    acts: dict[tuple[str, str], Act]
    refused: dict[tuple[str, str], Refused]

    @property
    def size(self) -> int:
        """Give how many acts the list has; the same one twice is one."""
        return len(self.acts) + len(self.refused)


def read_acts(listed: Iterable[Listed], *, day: date) -> Read:
    """Read what a source lists for one of its days.

    An act that is listed twice in the same words is one act. Listed twice with other content it is
    refused, for there is no telling which of the two is meant. Two queries, however many they are.

    Source: B-14; A6.
    """
    rows = list(listed)
    accounts = _accounts(rows)
    found = Read({}, {})
    for row in rows:
        try:
            act = read_act(row, accounts.get)
            _check_day(act, day)
        except Refusal as refusal:
            refused = refuse(row, refusal)
            found.refused[refused.key] = refused
            found.acts.pop(refused.key, None)
            continue
        if act.key in found.refused:
            continue
        there = found.acts.setdefault(act.key, act)
        if there != act:
            del found.acts[act.key]
            reason = f"It is listed twice, once as {_words(there)}, once as {_words(act)}."
            found.refused[act.key] = Refused(*act.key, reason[:REASON_MAX], act.facts())
    return found


def read_act(row: Listed, account_of: Callable[[int], MerchantAccount | None]) -> Act:
    """Read one act.

    Raises:
        ActMalformed, AmountMalformed and its kind: naming the field.

    Source: E-12.
    """
    if row.refusal is not None:
        raise row.refusal
    said = {name: _text(row.facts.get(name), name) for name in FIELDS}
    if not CODE.fullmatch(said["kind"]):
        raise _malformed("kind", said["kind"], "the code of a kind of business")
    for name in ("number", "reversed_number"):
        if not NUMBER.fullmatch(said[name]) and (said[name] or name == "number"):
            raise _malformed(name, said[name], "1 to 64 visible ASCII characters")
    known = _ACCOUNT.fullmatch(said["account"]) is not None
    account = account_of(int(said["account"])) if known else None
    if account is None:
        raise _malformed("account", said["account"], "the number of a merchant account")
    if said["currency"] not in {"", account.currency.code}:
        raise _malformed("currency", said["currency"], account.currency.code)
    state = said["state"] or AccrualState.CONFIRMED.value
    _check_type(said, state)
    quantity = said["quantity"]
    if quantity and not _QUANTITY.fullmatch(quantity):
        raise _malformed("quantity", quantity, "0 or more, with up to 6 decimals")
    return Act(
        kind=said["kind"],
        number=said["number"],
        account=account,
        amount=parse_signed_amount(said["amount"], account.currency),
        state=state,
        day=_day(said["day"]),
        reversed_number=said["reversed_number"] or None,
        quantity=Decimal(quantity) if quantity else None,
        note=said["note"],
    )


def refuse(row: Listed, refusal: Refusal) -> Refused:
    """Say that an act of a list cannot be taken, under the name that can be told of it."""
    kind, number = row.facts.get("kind"), row.facts.get("number")
    named = isinstance(kind, str) and isinstance(number, str) and kind and number
    reason = refusal_text(refusal)
    theirs = {name: _shown(row.facts[name]) for name in FIELDS if row.facts.get(name) is not None}
    if not named:
        return Refused("?", row.place[:KEPT_MAX], reason, theirs)
    return Refused(_shown(kind)[:KIND_MAX], _shown(number), reason, theirs)


def refusal_text(refusal: Refusal) -> str:
    """Give a refusal as one line."""
    allowed = f" Allowed: {refusal.allowed}." if refusal.allowed else ""
    there = f" There: {refusal.there}." if refusal.there else ""
    return _shown(f"{refusal.code}: {refusal.message}{there}{allowed}", REASON_MAX)


def plain(number: Decimal) -> str:
    """Write a quantity without zeros at its end."""
    try:
        text = f"{number.normalize():f}"
    except InvalidOperation:
        text = str(number)
    return text


def _accounts(rows: list[Listed]) -> dict[int, MerchantAccount]:
    told = {str(row.facts.get("account", "")).strip() for row in rows}
    numbers = [int(one) for one in told if _ACCOUNT.fullmatch(one) and int(one) <= NUMBER_MAX]
    found = MerchantAccountRow.objects.filter(pk__in=numbers)
    return {row.number: account_from(row) for row in found}


def _check_type(said: Mapping[str, str], state: str) -> None:
    if state not in set(AccrualState):
        raise _malformed("state", state, ", ".join(AccrualState))
    reversal = bool(said["reversed_number"])
    if said["type"] not in {"", "reversal" if reversal else "normal"}:
        allowed = "normal, or reversal with the number of what it reverses"
        raise _malformed("type", said["type"], allowed)
    if reversal and state != AccrualState.CONFIRMED:
        raise _malformed("state", state, "confirmed: a reversal has no other state")


def _check_day(act: Act, day: date) -> None:
    if act.day != day:
        raise _malformed("day", act.day.isoformat(), f"{day}, which was asked for")


def _text(told: object, field: str) -> str:
    if told is None:
        return ""
    if isinstance(told, int) and not isinstance(told, bool) and field == "account":
        return str(told)
    if not isinstance(told, str):
        raise _malformed(field, type(told).__name__, "text")
    return told.strip()


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _malformed("day", text, "a day as 2026-10-14")


def _shown(told: object, most: int = KEPT_MAX) -> str:
    text = (told if isinstance(told, str) else str(told))[:most]
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def _words(act: Act) -> str:
    return ", ".join(f"{name} {text}" for name, text in act.facts().items())


def _malformed(field: str, there: str, allowed: str) -> ActMalformed:
    message = f"{field} is malformed."
    shown = _shown(there)[:60]
    return ActMalformed(message, field=field, there=shown, allowed=allowed)
