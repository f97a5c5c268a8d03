"""The journal for hledger, which then computes every balance by itself and compares it with ours.

Source: reliability, T27.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from tael.assurance.account_names import TYPES, hledger_account, hledger_commodity
from tael.assurance.csv_form import stamp
from tael.assurance.one_line import one_line
from tael.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import TextIO

    from tael.assurance.journal import Account, JournalEntry

_IN_DESCRIPTION: Final = ";|"
_IN_COMMENT: Final = ",[]"  # they end a tag and begin a date


class HledgerPage:
    """Writes what a book's export consists of in hledger's journal format."""

    def __init__(self, out: TextIO, *, sign: int = 1) -> None:
        """Write to ``out``; ``sign`` -1 turns every amount around."""
        self._write = out.write
        self._sign = sign

    def heading(self, lines: Iterable[str], units: Iterable[tuple[str, int]]) -> None:
        """Say what this is, and declare the currencies with their decimals."""
        for line in lines:
            self._write(f"; {one_line(line)}\n")
        self._write("\ndecimal-mark .\n")
        for code, exponent in units:
            self._write(f"commodity 1000.{'0' * exponent} {hledger_commodity(code)}\n")
        self._write("\n")

    def account(self, account: Account, since: date) -> None:  # noqa: ARG002 - hledger's accounts have no date
        """Declare an account."""
        name = hledger_account(account.class_, account.code)
        self._write(f"account {name}  ; type:{TYPES[account.class_]}\n")

    def opening(self, balances: Iterable[tuple[Account, int]], day: date) -> None:
        """Bring forward what the accounts held."""
        self._write(f"\n{day} * brought forward\n")
        for account, minor in balances:
            if minor:
                self._write(self._leg(account, minor))

    def entry(self, entry: JournalEntry) -> None:
        """Write one entry. Its description is the kind and, after a bar, the text."""
        day = entry.effective_at.astimezone(UTC).date()
        kind, words = (one_line(text, also=_IN_DESCRIPTION) for text in (entry.kind, entry.info))
        about = f"{kind} | {words}" if words else kind
        self._write(f"\n{day} * ({entry.number}) {about}\n    ; booked:{stamp(entry.booked_at)}\n")
        for tag in ("channel", "actor", "reverses", "sno", "pno", "code"):
            value = getattr(entry, tag)
            if value not in {None, ""}:
                self._write(f"    ; {tag}:{one_line(str(value), also=_IN_COMMENT)}\n")
        for line in entry.lines:
            self._write(self._leg(line.account, line.amount))

    def closing(self, balances: Iterable[tuple[Account, int]], day: date) -> None:
        """Assert what the accounts hold at the end: hledger refuses the file if it counts otherwise."""
        self._write(f"\n{day} * balances of the book\n")
        for account, minor in balances:
            balance = Money(self._sign * minor, account.unit).text
            name = hledger_account(account.class_, account.code)
            unit = hledger_commodity(account.unit.code)
            self._write(f"    {name}  0 {unit} = {balance} {unit}\n")

    def _leg(self, account: Account, minor: int) -> str:
        amount = Money(self._sign * minor, account.unit).text
        name = hledger_account(account.class_, account.code)
        return f"    {name}  {amount} {hledger_commodity(account.unit.code)}\n"
