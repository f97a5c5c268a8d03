"""One row of a file of business records: which columns there are, and how a row becomes what is told.

Source: B-08 to B-13, E-12; reliability M9, T15.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import NUMBER_MAX
from tael.settlement.lifecycles import AccrualState
from tael.settlement.records.accrual import Told
from tael.settlement.records.accrual_batch import Act
from tael.settlement.signed_amount import parse_signed_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.money import Money
    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.sheets import Row

COLUMNS: Final = (
    "source",
    "account",
    "kind",
    "number",
    "amount",
    "currency",
    "state",
    "day",
    "occurred_on",
    "type",
    "reversed_number",
    "quantity",
    "gross",
    "note",
)
NEEDED: Final = ("source", "account", "kind", "number", "amount")
IDENTIFIERS: Final = frozenset({"source", "kind", "number", "reversed_number"})
DAYS: Final = frozenset({"day", "occurred_on"})
SHOWN_MAX: Final = 200
_ACCOUNT: Final = re.compile(r"[1-9][0-9]{0,18}")
_QUANTITY: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?")


class ImportRowMalformed(Refusal):
    """A field of a row cannot be read, or fields of it do not go together."""

    code = "import_row_malformed"
    rule: ClassVar[str] = "E-12"
    remedy = "Correct the row and bring the file again; what is recorded already stays as it is."


class Reversal(NamedTuple):
    """What a row tells of a reversal; without an amount it takes what is left."""

    account: MerchantAccount
    source: str
    kind: str
    number: str
    reversed_number: str
    amount: Money | None
    day: date | None
    occurred_on: date | None
    quantity: Decimal | None
    gross: Money | None
    note: str


class Normal(NamedTuple):
    """What a row tells of an act of business, and whether that came to nothing."""

    act: Act
    failed: bool


def read_row(row: Row) -> tuple[dict[str, str], Refusal | None]:
    """Give the texts of a row by column, and why it is not taken, if it is not.

    Source: reliability M9, T15.
    """
    refused: Refusal | None = None
    try:
        row.check_seen()
    except Refusal as refusal:
        refused = refusal
    said = {}
    for column, cell in row.cells.items():
        if text := cell.text.strip():
            said[column] = text
        try:
            _check_sort(row, column)
        except Refusal as refusal:
            refused = refused or refusal
    return said, refused


def turn_of(said: Mapping[str, str]) -> int:
    """Tell when a row has its turn: a reversal comes after what it reverses."""
    return int(bool(said.get("reversed_number")))


def told_of(said: Mapping[str, str], account: MerchantAccount) -> Normal | Reversal:
    """Read what a row tells.

    Raises:
        ImportRowMalformed, AmountMalformed and its kind: naming the field.

    Source: E-12.
    """
    unit = account.currency
    if said.get("currency", unit.code) != unit.code:
        raise _malformed("currency", said["currency"], f"{unit.code}, the account's")
    state = said.get("state", AccrualState.CONFIRMED.value)
    if state not in set(AccrualState):
        raise _malformed("state", state, ", ".join(AccrualState))
    reversed_number = said.get("reversed_number", "")
    type_ = "reversal" if reversed_number else "normal"
    if said.get("type", type_) != type_:
        allowed = "normal, or reversal with the number of what it reverses"
        raise _malformed("type", said["type"], allowed)
    amount = None
    if said.get("amount") or not reversed_number:
        amount = parse_signed_amount(said.get("amount", ""), unit)
    gross = parse_signed_amount(said["gross"], unit, field="gross") if said.get("gross") else None
    quantity, day, occurred_on = _quantity(said), _day(said, "day"), _day(said, "occurred_on")
    source, kind, number = (said.get(name, "") for name in ("source", "kind", "number"))
    note = said.get("note", "")
    if reversed_number:
        if state != AccrualState.CONFIRMED:
            raise _malformed("state", state, "confirmed: a reversal has no other state")
        return Reversal(
            account,
            source,
            kind,
            number,
            reversed_number,
            amount,
            day,
            occurred_on,
            quantity,
            gross,
            note,
        )  # fmt: skip - in the order of the fields
    assert amount is not None, "read above"
    told = Told(
        source=source,
        kind=kind,
        number=number,
        amount=amount,
        day=day,
        occurred_on=occurred_on,
        quantity=quantity,
        gross=gross,
        note=note,
    )
    confirmed = state == AccrualState.CONFIRMED
    return Normal(Act(account.number, told, confirmed), failed=state == AccrualState.FAILED)


def account_number(said: Mapping[str, str]) -> int:
    """Give the number of the account that a row names.

    Raises:
        ImportRowMalformed: it is no number.
    """
    text = said.get("account", "")
    if not _ACCOUNT.fullmatch(text) or int(text) > NUMBER_MAX:
        raise _malformed("account", text, "the number of a merchant account")
    return int(text)


def _check_sort(row: Row, column: str) -> None:
    if column in IDENTIFIERS:
        row.identifier(column, needed=False)
    elif column in DAYS:
        row.day(column)
    else:
        row.plain(column, needed=False)


def _quantity(said: Mapping[str, str]) -> Decimal | None:
    text = said.get("quantity", "")
    if not text:
        return None
    if not _QUANTITY.fullmatch(text):
        raise _malformed("quantity", text, "0 or more, with up to 6 decimals")
    return Decimal(text)


def _day(said: Mapping[str, str], field: str) -> date | None:
    text = said.get(field, "")
    return date.fromisoformat(text) if text else None


def _malformed(field: str, there: str, allowed: str) -> ImportRowMalformed:
    message = f"{field} is malformed."
    return ImportRowMalformed(message, field=field, there=repr(there)[1:-1][:60], allowed=allowed)
