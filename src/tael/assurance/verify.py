"""Proving an exported journal without any database: every sum, chain and running balance again.

Source: architecture, section 5; reliability, T18 and T27; I1, I9, I10, I12.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from tael.assurance.csv_form import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMED: Final = 100
_AMOUNT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.([0-9]{1,8}))?")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


class Fault(NamedTuple):
    """Something in the file that cannot be so, and the line on which it shows."""

    line: int
    message: str


@dataclass(slots=True)
class Verdict:
    """What a file holds and what is wrong with it.

    Args:
        faults: at most ``NAMED`` of them, in the order of the file.
        found: how many there are altogether.
        sha256: of the file's bytes; noted elsewhere, it proves later that the file is the same.
        from_the_start: whether every account begins with its first line, so that all balances of a
            currency must sum to zero.
    """

    entries: int = 0
    postings: int = 0
    accounts: int = 0
    currencies: tuple[str, ...] = ()
    sha256: str = ""
    from_the_start: bool = True
    found: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.found

    def fault(self, line: int, message: str) -> None:
        """Note a fault."""
        self.found += 1
        if len(self.faults) < NAMED:
            self.faults.append(Fault(line, message))


class _Row(NamedTuple):
    """One line of the file, read."""

    line: int
    entry: int
    booked_at: str
    words: tuple[str, ...]
    reverses: int | None
    posting: int
    account: int
    facts: tuple[str, str, str]
    version: int
    amount: int
    balance: int
    prev: int


class _Account(NamedTuple):
    """The newest line of an account so far."""

    facts: tuple[str, str, str]
    posting: int
    version: int
    balance: int


def verify(path: Path, *, against: Path | None = None) -> Verdict:
    """Compute an exported journal again and say what is wrong with it.

    Each entry sums to zero in each currency; each account's lines are gapless, point to the one
    before and carry the running balance; numbers rise; an account keeps its code, class and currency;
    nothing is taken back beyond what it moved. Balances are counted from the first line of each
    account that is in the file.

    Args:
        path: a csv file that ``export_journal`` wrote.
        against: an older export. Every line of it must stand in the new one unchanged: an older file
            that was kept elsewhere is a witness that even the owner of the database cannot persuade.

    Raises:
        OSError: a file cannot be read.

    Source: reliability, T18, T27.
    """
    verdict = Verdict()
    book = _Book(verdict)
    for entry, lines in groupby(_rows(path, verdict), key=lambda row: row.entry):
        book.take(entry, list(lines))
    book.close()
    if book.reversals:
        _check_reversals(path, verdict, book.reversals)
    if against is not None:
        _compare(path, against, verdict)
    with path.open("rb") as file:
        verdict.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return verdict


class _Book:
    """What has been read of the file so far."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.accounts: dict[int, _Account] = {}
        self.codes: dict[str, int] = {}
        self.reversals: dict[int, dict[int, int]] = {}
        self.newest_entry = 0
        self.newest_posting = 0

    def take(self, entry: int, rows: list[_Row]) -> None:
        """Check one entry and its lines."""
        fault, first = self.verdict.fault, rows[0]
        self.verdict.entries += 1
        self.verdict.postings += len(rows)
        if entry <= self.newest_entry:
            fault(first.line, f"entry {entry} comes after entry {self.newest_entry}")
        self.newest_entry = max(entry, self.newest_entry)
        if len(rows) < 2:
            fault(first.line, f"entry {entry} has one line only")
        sums: dict[str, int] = {}
        for row in rows:
            unit = row.facts[2]
            sums[unit] = sums.get(unit, 0) + row.amount
            if (row.booked_at, row.words, row.reverses) != (
                first.booked_at,
                first.words,
                first.reverses,
            ):
                fault(row.line, f"the lines of entry {entry} tell different things about it")
            self._line(row)
            if row.reverses is not None:
                if row.reverses >= entry:
                    fault(row.line, f"entry {entry} takes back entry {row.reverses}, a later one")
                back = self.reversals.setdefault(row.reverses, {})
                back[row.account] = back.get(row.account, 0) + row.amount
        for unit, total in sums.items():
            if total:
                fault(
                    first.line,
                    f"entry {entry} does not sum to zero: {total} minor units of {unit} too many",
                )

    def _line(self, row: _Row) -> None:
        fault = self.verdict.fault
        if row.posting <= self.newest_posting:
            fault(row.line, f"posting {row.posting} comes after posting {self.newest_posting}")
        self.newest_posting = max(row.posting, self.newest_posting)
        if not row.amount:
            fault(row.line, f"posting {row.posting} moves nothing")
        before = self.accounts.get(row.account)
        if before is None:
            self._first_line(row)
        else:
            self._next_line(row, before)
        self.accounts[row.account] = _Account(row.facts, row.posting, row.version, row.balance)

    def _first_line(self, row: _Row) -> None:
        fault = self.verdict.fault
        if self.codes.setdefault(row.facts[0], row.account) != row.account:
            fault(row.line, f"account code {row.facts[0]} is that of two accounts")
        if row.version == 1:
            if row.prev or row.balance != row.amount:
                fault(row.line, f"account {row.account} does not begin at zero")
        else:
            self.verdict.from_the_start = False
            if row.version < 1 or not 0 < row.prev < row.posting:
                fault(row.line, f"account {row.account} begins with an impossible line")

    def _next_line(self, row: _Row, before: _Account) -> None:
        fault, who = self.verdict.fault, f"account {row.account}"
        if row.facts != before.facts:
            fault(row.line, f"{who} was {' '.join(before.facts)} before")
        if row.version != before.version + 1:
            fault(row.line, f"{who} has line {row.version} after line {before.version}")
        if row.prev != before.posting:
            fault(row.line, f"{who} points to posting {row.prev}, not to {before.posting}")
        if row.balance != before.balance + row.amount:
            fault(row.line, f"{who} has a balance that is not the one before and this amount")

    def close(self) -> None:
        """Check what only the end can tell."""
        sums: dict[str, int] = {}
        for account in self.accounts.values():
            sums[account.facts[2]] = sums.get(account.facts[2], 0) + account.balance
        self.verdict.accounts = len(self.accounts)
        self.verdict.currencies = tuple(sorted(sums))
        if self.verdict.from_the_start:
            for unit, total in sums.items():
                if total:
                    self.verdict.fault(0, f"all balances in {unit} sum to {total} minor units")


def _rows(path: Path, verdict: Verdict) -> Iterator[_Row]:
    """Read the lines that can be read, and note the others as faults."""
    decimals: dict[str, int] = {}
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            if tuple(next(reader, ())) != COLUMNS:
                verdict.fault(1, f"the heading is not {','.join(COLUMNS)}")
                return
            for cells in reader:
                row = _row(reader.line_num, cells, decimals)
                if isinstance(row, _Row):
                    yield row
                else:
                    verdict.fault(reader.line_num, row)
        except csv.Error as error:
            verdict.fault(reader.line_num, f"this is no csv: {error}")


def _row(line: int, cells: list[str], decimals: dict[str, int]) -> _Row | str:
    """Read one line, or say what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} columns instead of {len(COLUMNS)}"
    named = dict(zip(COLUMNS, cells, strict=True))
    for name in ("entry", "posting", "account", "version", "prev"):
        if not _NUMBER.fullmatch(named[name]):
            return f"{name} is no number: {named[name][:40]!a}"
    if named["reverses"] and not _NUMBER.fullmatch(named["reverses"]):
        return f"reverses is no number: {named['reverses'][:40]!a}"
    for name in ("booked_at", "effective_at"):
        if not _MOMENT.fullmatch(named[name]):
            return f"{name} is no moment in UTC: {named[name][:40]!a}"
    unit = named["currency"]
    for name in ("amount", "balance_after"):
        amount = _AMOUNT.fullmatch(named[name])
        minus_zero = amount is not None and not named[name].strip("-0.") and named[name][0] == "-"
        if amount is None or minus_zero:
            return f"{name} is no amount: {named[name][:40]!a}"
        if decimals.setdefault(unit, len(amount[1] or "")) != len(amount[1] or ""):
            return f"{name} has not the {decimals[unit]} decimals of {unit}: {named[name][:40]!a}"
    return _Row(
        line=line,
        entry=int(named["entry"]),
        booked_at=named["booked_at"],
        words=tuple(cells[2:12]),
        reverses=int(named["reverses"]) if named["reverses"] else None,
        posting=int(named["posting"]),
        account=int(named["account"]),
        facts=(named["account_code"], named["class"], unit),
        version=int(named["version"]),
        amount=int(named["amount"].replace(".", "")),
        balance=int(named["balance_after"].replace(".", "")),
        prev=int(named["prev"]),
    )


def _check_reversals(path: Path, verdict: Verdict, reversals: dict[int, dict[int, int]]) -> None:
    """Read the originals again: nothing goes back beyond what it moved, and no reversal is reversed."""
    ignored = Verdict()
    there: set[int] = set()
    for row in _rows(path, ignored):
        back = reversals.get(row.entry)
        if back is None:
            continue
        there.add(row.entry)
        if row.reverses is not None:
            verdict.fault(row.line, f"entry {row.entry} is a reversal and has been reversed")
        amount = back.pop(row.account, 0)
        if amount and (amount > 0) == (row.amount > 0):
            verdict.fault(row.line, f"entry {row.entry} was done again instead of taken back")
        elif abs(amount) > abs(row.amount):
            verdict.fault(row.line, f"more of entry {row.entry} was taken back than it moved")
    for entry, back in reversals.items():
        if entry not in there:
            if verdict.from_the_start:
                verdict.fault(0, f"entry {entry} is not in the file, and was taken back")
        elif back:
            accounts = ", ".join(map(str, sorted(back)))
            verdict.fault(
                0, f"entry {entry} never moved account {accounts}, from which it was taken back"
            )


def _compare(path: Path, against: Path, verdict: Verdict) -> None:
    """Look for every line of the older file in the newer one; both are in the order of the journal."""
    with path.open("rb") as new, against.open("rb") as old:
        for number, line in enumerate(old, start=1):
            if not any(line.rstrip(b"\r\n") == later.rstrip(b"\r\n") for later in new):
                verdict.fault(0, f"line {number} of {against.name} is not in this file any more")
                return
