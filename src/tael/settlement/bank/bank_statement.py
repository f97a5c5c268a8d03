"""Bringing in a bank's statement: its lines are kept as evidence, each once, and never move money by themselves.

A line that carries the bank's reference is known by it and its amount. One without is known by what it
says, and counted: where a file has three equal lines and two are kept, one is new. So the same file
again adds nothing, files that overlap add what is new, and two equal payments on one day are both there.

Source: peers-settlement-invest A26, A27; reliability, T15.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from psycopg import Cursor

from tael import books, ledger
from tael.parties import audit
from tael.refusal import Because, Refusal
from tael.settlement.bank.bank_account import bank_account, map_of
from tael.settlement.bank.bank_line import (
    CAMT,
    BankLineRefused,
    Line,
    Told,
    lines_of_message,
    lines_of_sheet,
    shown_refusals,
)
from tael.settlement.bank.bank_map import ENCODINGS, FIELDS
from tael.settlement.models import BankStatement
from tael.sheets import read_camt_053, read_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tael.books import Instruction
    from tael.settlement.models import BankAccountRow
    from tael.sheets import Sheet

__all__ = [
    "BankColumns",
    "BankStatement",
    "Brought",
    "UnknownBankStatement",
    "bank_sheet",
    "bank_statement",
    "bring_statement",
]

_KNOWN_REFERENCES: Final = """
    SELECT reference, amount FROM settlement_bank_line
    WHERE account = %s AND reference <> '' AND reference = ANY (%s)
"""
_KNOWN_COPIES: Final = """
    SELECT content, max(copy) FROM settlement_bank_line
    WHERE account = %s AND reference = '' AND content = ANY (%s) GROUP BY content
"""
_KEEP: Final = """
    INSERT INTO settlement_bank_line (account, statement, row, booked_on, value_on, amount, reference, end_to_end,
        counterparty, counterparty_account, text, content, copy)
    SELECT %s, %s, * FROM unnest(%s::int[], %s::date[], %s::date[], %s::bigint[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
"""
_REPORT: Final = """
    INSERT INTO settlement_bank_row (statement, row, code, field, reason, said)
    SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
"""


class BankColumns(Refusal):
    """The file lacks a heading that the bank's column map names."""

    code = "bank_columns"
    rule = "A26"
    remedy = "Bring the file as the bank gave it, or correct the map of the account."


class UnknownBankStatement(Refusal):
    """There is no bank statement of this number."""

    code = "unknown_bank_statement"
    because: ClassVar[Because] = "absent"
    rule = "A26"
    remedy = "Use the number that bringing the file gave."


class Brought(NamedTuple):
    """A statement as bringing it left it. replayed: the key brought it before."""

    statement: BankStatement
    replayed: bool = False


def bank_sheet(data: bytes, *, name: str, account: BankAccountRow) -> Sheet:
    """Read a bank's file in a limited child process: a message where it is XML, else a sheet by the account's map.

    Raises:
        SheetTooLarge, SheetUnreadable, SheetTooHeavy, SheetsBusy: as ``read_sheet``.
        BankMapMalformed: it is a sheet, and the account has no map.
        BankColumns: a heading of the map is missing.

    Source: A26; T15.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_camt_053(data, name=name)
    how = map_of(account)
    wanted = [how.columns[field] for field in FIELDS if field in how.columns]
    sheet = read_sheet(data, name=name, wanted=wanted, encoding=ENCODINGS[how.encoding])
    missing = next((heading for heading in wanted if heading not in sheet.columns), None)
    if missing is not None:
        message = f"The heading {missing} is missing."
        there = ", ".join(sheet.columns)[:200]
        raise BankColumns(message, field="file", there=there, allowed=", ".join(wanted)[:200])
    return sheet


def bring_statement(*, account: str, sheet: Sheet, instruction: Instruction) -> Brought:
    """Keep what is new among the lines of a bank's file. No money moves.

    Args:
        account: its code. sheet: as ``bank_sheet`` gave it.

    Raises:
        UnknownBankAccount. BankLineRefused: no line of it is of this account.
        KeyReused: the key stands for another file.

    Source: A26, A27.
    """
    found = bank_account(account)
    told = _told(found, sheet)
    if sheet.form == CAMT and not told.balances:
        raise told.refused[0][1] if told.refused else _of_another(found.code)
    return _keep(account, sheet, told, instruction)


def bank_statement(number: int) -> BankStatement:
    """Give a statement with its account.

    Raises:
        UnknownBankStatement: there is none.

    Source: A26.
    """
    rows = BankStatement.objects.select_related("account")
    found = rows.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        message = "There is no such bank statement."
        raise UnknownBankStatement(message, field="statement", there=str(number)[:32])
    return found


def _of_another(code: str) -> BankLineRefused:
    message = "No statement in the file is of this account."
    return BankLineRefused(message, field="file", allowed=code)


def _told(account: BankAccountRow, sheet: Sheet) -> Told:
    unit = books.currencies()[account.currency].currency
    if sheet.form == CAMT:
        return lines_of_message(sheet, account.number, unit)
    return lines_of_sheet(sheet, map_of(account), unit)


@books.atomic
def _keep(account: str, sheet: Sheet, told: Told, instruction: Instruction) -> Brought:
    found = bank_account(account, locked=True)
    before = BankStatement.objects.filter(brought_by=instruction.actor, key=instruction.key).first()
    if before is not None:
        if (before.digest, before.account_id) != (sheet.digest, found.pk):
            message = "The key stands for another file."
            raise ledger.KeyReused(message, field="key", there=before.name)
        return Brought(before, replayed=True)
    new = _new(found.pk, told.lines)
    days = [line.booked_on for line in told.lines]
    made = BankStatement.objects.create(
        account=found,
        key=instruction.key,
        digest=sheet.digest,
        name=sheet.name,
        form=sheet.form,
        size=len(told.lines) + len(told.refused),
        added=len(new),
        known=len(told.lines) - len(new),
        refused=len(told.refused),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        balances=[one._asdict() for one in told.balances],
        breaks=sum(one.breaks for one in told.balances),
        brought_at=instruction.at,
        brought_by=instruction.actor,
    )
    _insert(_KEEP, [found.pk, made.pk], [(*line[:9], line.content, copy) for line, copy in new])
    _insert(_REPORT, [made.pk], list(shown_refusals(told.refused)))
    audit.record(
        actor=instruction.actor,
        action="bank_statement.bring",
        subject=f"bank_account:{found.code}",
        at=instruction.at,
        details={"statement": made.pk, "sha256": sheet.digest, "added": made.added},
    )
    return Brought(made)


def _new(account: int, lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """Give the lines that are not there yet, and which of several equal ones each is; the account is locked."""
    cursor = Cursor(books.connection())
    asked = list({line.reference for line in lines if line.reference})
    known = set(cursor.execute(_KNOWN_REFERENCES, [account, asked]).fetchall())
    contents = {id(line): line.content for line in lines if not line.reference}
    asked = list(set(contents.values()))
    there: Counter[str] = Counter(dict(cursor.execute(_KNOWN_COPIES, [account, asked]).fetchall()))
    seen: Counter[str] = Counter()
    new: list[tuple[Line, int]] = []
    for line in lines:
        if line.reference:
            if (line.reference, line.amount) not in known:
                known.add((line.reference, line.amount))
                new.append((line, 1))
            continue
        content = contents[id(line)]
        seen[content] += 1
        if seen[content] > there[content]:
            new.append((line, seen[content]))
    return new


def _insert(query: str, fixed: list[int], rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        Cursor(books.connection()).execute(query, [*fixed, *columns])
