"""What a row of a bank's file says, read by the column map of the bank or out of its message (camt.053).

Nothing here asks the database: rows go in, lines and refusals come out.

Source: peers-settlement-invest A26, A27; reliability, M9, T15.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from tael.refusal import Because, Refusal
from tael.settlement.bank.bank_map import parse_bank_amount, parse_bank_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tael.money import Currency
    from tael.settlement.models import BankMap
    from tael.sheets import Row, Sheet

CAMT: Final = "camt.053"
NUMBER_MAX: Final = 140
NAME_MAX: Final = 200
ACCOUNT_MAX: Final = 64
TEXT_MAX: Final = 1000
_ISO_DAY: Final = "YYYY-MM-DD"


class UnknownBankLine(Refusal):
    """There is no such line of a bank account."""

    code = "unknown_bank_line"
    because: ClassVar[Because] = "absent"
    rule = "A26"
    remedy = "Use the number of a line in the list."


class BankLineRefused(Refusal):
    """A row of a bank's file is no booking on this account."""

    code = "bank_line_refused"
    because: ClassVar[Because] = "conflict"
    rule = "A26"
    remedy = "Bring a file of booked lines of this account, in its currency."


class Line(NamedTuple):
    """One booking as a file tells it.

    Args:
        amount: minor units; above zero what came in. after: the balance behind it, where the file says it.
    """

    row: int
    booked_on: date
    value_on: date | None
    amount: int
    reference: str
    end_to_end: str
    counterparty: str
    counterparty_account: str
    text: str
    after: int | None = None

    @property
    def content(self) -> str:
        """Give the SHA-256 of all that the line says, as hex; two equal lines have the same."""
        said = [
            self.booked_on.isoformat(),
            "" if self.value_on is None else self.value_on.isoformat(),
            self.amount,
            *(" ".join(text.split()) for text in self[4:9]),
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


class Balance(NamedTuple):
    """What a file says of the account before and after its lines; amounts in minor units, None where it does not."""

    name: str
    opening: int | None
    closing: int | None
    moved: int

    @property
    def breaks(self) -> bool:
        """Whether opening and lines do not come to closing."""
        told = self.opening is not None and self.closing is not None
        return told and (self.opening or 0) + self.moved != self.closing


class Told(NamedTuple):
    """What a whole file says: its lines, the rows that are none with the reasons, and its balances."""

    lines: list[Line]
    refused: list[tuple[Row, Refusal]]
    balances: list[Balance]


def lines_of_sheet(sheet: Sheet, how: BankMap, currency: Currency) -> Told:
    """Read the rows of a sheet by a bank's map.

    Source: A26.
    """
    lines: list[Line] = []
    refused: list[tuple[Row, Refusal]] = []
    for row in sheet:
        try:
            row.check_seen()
            lines.append(_line(row, how, currency))
        except Refusal as refusal:
            refused.append((row, refusal))
    return Told(lines, refused, _running(lines))


def lines_of_message(sheet: Sheet, number: str, currency: Currency) -> Told:
    """Read the bookings of a camt.053 that are on one account, with the balances of each statement.

    Args:
        number: of the account, as ``bank_account.plain_number`` gives it.

    Source: A26.
    """
    lines: list[Line] = []
    refused: list[tuple[Row, Refusal]] = []
    balances: list[Balance] = []
    # a number may stand for several accounts, each in a currency of its own
    wanted, of = {(number, currency.code), (number, "")}, ("", "")
    for row in sheet:
        said = {column: cell.text for column, cell in row.cells.items()}
        if said.get("record") == "statement":
            of = (said.get("account", "").replace("-", "").upper(), said.get("currency", ""))
            if of in wanted:
                balances.append(_balance(said, currency))
            continue
        try:
            if of not in wanted:
                raise _refused("account", " ".join(of).strip(), f"{number} in {currency.code}")
            line = _booking(row.number, said, currency)
        except Refusal as refusal:
            refused.append((row, refusal))
            continue
        lines.append(line)
        balances[-1] = balances[-1]._replace(moved=balances[-1].moved + line.amount)
    return Told(lines, refused, balances)


def _line(row: Row, how: BankMap, currency: Currency) -> Line:
    columns: dict[str, str] = how.columns

    def plain(field: str) -> str:
        return row.plain(columns[field], needed=False) if field in columns else ""

    def day(field: str) -> date | None:
        cell = row.cells.get(columns.get(field, ""))
        text = "" if cell is None else cell.text.strip()
        return parse_bank_day(text, how.day, field=columns[field]) if text else None

    def money(field: str) -> int | None:
        text = plain(field)
        # a number of a spreadsheet has its own mark, whatever the bank's is
        mark = "." if text and row.cells[columns[field]].sort == "number" else how.mark
        return parse_bank_amount(text, currency, mark, field=columns[field]) if text else None

    booked_on = day("booked_on")
    if booked_on is None:
        raise _refused(columns["booked_on"], "", "a day")
    told = plain("currency")
    if told and told.upper() != currency.code:
        raise _refused(columns["currency"], told, currency.code)
    return Line(
        row=row.number,
        booked_on=booked_on,
        value_on=day("value_on"),
        amount=_moved(columns, money),
        reference=_number(row, columns, "reference"),
        end_to_end=_number(row, columns, "end_to_end"),
        counterparty=plain("counterparty")[:NAME_MAX],
        counterparty_account="".join(plain("counterparty_account").split())[:ACCOUNT_MAX],
        text=plain("text")[:TEXT_MAX],
        after=money("balance"),
    )


def _moved(columns: dict[str, str], money: Any) -> int:
    """Give what a row moved: of one signed amount, or of the debit or the credit."""
    if "amount" in columns:
        amount: int = money("amount") or 0
        if not amount:
            raise _refused(columns["amount"], "0", "an amount that is not zero")
        return amount
    debit, credit = money("debit") or 0, money("credit") or 0
    if debit < 0 or credit < 0:
        field = "debit" if debit < 0 else "credit"
        raise _refused(columns[field], str(min(debit, credit)), "no sign where the column has one")
    if bool(debit) == bool(credit):
        there = "both" if debit else "neither"
        raise _refused(columns["debit"], there, "either a debit or a credit")
    return credit - debit


def _number(row: Row, columns: dict[str, str], field: str) -> str:
    if field not in columns:
        return ""
    text = row.identifier(columns[field], needed=False)
    if len(text) > NUMBER_MAX:
        raise _refused(columns[field], text[:40], f"up to {NUMBER_MAX} characters")
    return text


def _running(lines: list[Line]) -> list[Balance]:
    """Give the balance before and after a sheet's lines, which stand in their order or newest first."""
    if not lines or any(line.after is None for line in lines):
        return []
    moved = sum(line.amount for line in lines)

    def steps(ordered: list[Line]) -> bool:
        return all((one.after or 0) + two.amount == two.after for one, two in pairwise(ordered))

    newest_first = not steps(lines) and steps(lines[::-1])
    ordered = lines[::-1] if newest_first else lines
    first, last = ordered[0], ordered[-1]
    return [Balance("", (first.after or 0) - first.amount, last.after, moved)]


def _booking(place: int, said: dict[str, str], currency: Currency) -> Line:
    status = said.get("status", "")
    if status not in {"", "BOOK"}:
        raise _refused("status", status, "BOOK: what is pending is told again when it is booked")
    if said.get("currency", "") != currency.code:
        raise _refused("currency", said.get("currency", ""), currency.code)
    amount = parse_bank_amount(said.get("amount", ""), currency, ".", field="amount")
    if not amount:
        raise _refused("amount", "0", "an amount that is not zero")
    return Line(
        row=place,
        booked_on=parse_bank_day(said.get("booked_on", ""), _ISO_DAY, field="booked_on"),
        value_on=parse_bank_day(said["value_on"], _ISO_DAY, field="value_on")
        if said.get("value_on")
        else None,
        amount=amount,
        reference=said.get("reference", "")[:NUMBER_MAX],
        end_to_end=said.get("end_to_end", "")[:NUMBER_MAX],
        counterparty=said.get("counterparty", "")[:NAME_MAX],
        counterparty_account=said.get("counterparty_account", "")[:ACCOUNT_MAX],
        text=said.get("text", "")[:TEXT_MAX],
    )


def _balance(said: dict[str, str], currency: Currency) -> Balance:
    def minor(field: str) -> int | None:
        text = said.get(field, "")
        return parse_bank_amount(text, currency, ".", field=field) if text else None

    return Balance(said.get("statement", ""), minor("opening"), minor("closing"), 0)


def rows_said(row: Row) -> str:
    """Give what stood in a row, shortened, for the report on it."""
    return " | ".join(cell.text for cell in row.cells.values())[:300]


def shown_refusals(refused: list[tuple[Row, Refusal]]) -> Iterator[tuple[int, str, str, str, str]]:
    """Give number, code, field, reason and words of each row that was not taken."""
    for row, refusal in refused:
        yield (
            row.number,
            refusal.code,
            (refusal.field or "")[:60],
            _reason(refusal),
            rows_said(row),
        )


def _reason(refusal: Refusal) -> str:
    parts = [refusal.message]
    if refusal.there:
        parts.append(f"There: {refusal.there}.")
    if refusal.allowed:
        parts.append(f"Allowed: {refusal.allowed}.")
    return " ".join(parts)[:500]


def _refused(field: str, there: str, allowed: str) -> BankLineRefused:
    message = "The row is no booking on this account."
    there = ascii(there)[1:-1][:60]
    return BankLineRefused(message, field=field, there=there, allowed=allowed)
