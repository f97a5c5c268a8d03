"""The journal for beancount, which then computes every balance by itself and compares it with ours.

Source: reliability, T27.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from tael.assurance.account_names import beancount_account, beancount_commodity
from tael.assurance.csv_form import stamp
from tael.assurance.one_line import one_line
from tael.money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from typing import TextIO

    from tael.assurance.journal import Account, JournalEntry


class BeancountPage:
    """Writes what a book's export consists of in beancount's format."""

    def __init__(self, out: TextIO, *, sign: int = 1, alike: Collection[int] = ()) -> None:
        """Write to ``out``; ``sign`` -1 turns every amount around.

        Args:
            out: a text file.
            sign: 1 or -1.
            alike: the accounts whose code differs from another one's in capitals only.
        """
        self._write = out.write
        self._sign = sign
        self._alike = alike

    def heading(self, lines: Iterable[str], units: Iterable[tuple[str, int]]) -> None:
        """Say what this is. The currencies need no declaration."""
        del units
        for line in lines:
            self._write(f"; {one_line(line)}\n")
        self._write('\noption "title" "Tael"\n\n')

    def account(self, account: Account, since: date) -> None:
        """Open an account."""
        unit = beancount_commodity(account.unit.code)
        self._write(f"{since} open {self._name(account)} {unit}\n")

    def opening(self, balances: Iterable[tuple[Account, int]], day: date) -> None:
        """Bring forward what the accounts held."""
        self._write(f'\n{day} * "brought forward"\n')
        for account, minor in balances:
            if minor:
                self._write(self._leg(account, minor))

    def entry(self, entry: JournalEntry) -> None:
        """Write one entry. Payee is the kind, narration the text."""
        day = entry.effective_at.astimezone(UTC).date()
        self._write(f"\n{day} * {_quoted(entry.kind)} {_quoted(entry.info)}\n")
        self._write(f"  entry: {entry.number}\n  booked: {_quoted(stamp(entry.booked_at))}\n")
        for name in ("channel", "actor", "reverses", "sno", "pno", "code"):
            value = getattr(entry, name)
            if value not in {None, ""}:
                self._write(f"  {name}: {_quoted(str(value))}\n")
        for line in entry.lines:
            self._write(self._leg(line.account, line.amount))

    def closing(self, balances: Iterable[tuple[Account, int]], day: date) -> None:
        """Assert what the accounts hold at the end: beancount complains if it counts otherwise."""
        self._write("\n")
        for account, minor in balances:
            # beancount allows two units of error unless it is told to allow none
            balance = Money(self._sign * minor, account.unit).text
            unit = beancount_commodity(account.unit.code)
            self._write(f"{day} balance {self._name(account)}  {balance} ~ 0 {unit}\n")

    def _leg(self, account: Account, minor: int) -> str:
        amount = Money(self._sign * minor, account.unit).text
        return f"  {self._name(account)}  {amount} {beancount_commodity(account.unit.code)}\n"

    def _name(self, account: Account) -> str:
        apart = account.number if account.number in self._alike else None
        return beancount_account(account.class_, account.code, apart=apart)


def _quoted(text: str) -> str:
    r"""Write a string.

    >>> print(_quoted('say "yes"\n'))
    "say \"yes\"\\n"
    """
    line = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{line}"'
