"""The wallet (資金賬戶): one owner, one currency, three ledger accounts; its facts never change.

Balances are the ledger's. A wallet that is switched off is blocked in the ledger, where no operation
can overtake it.

Source: F-10, E-02, A-F5; I36.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db import transaction

from tael import books, ledger
from tael.books.connect import database
from tael.money import Money
from tael.parties import audit
from tael.parties.customer import customer
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tael.money import Currency
    from tael.wallet.models import WalletRow

DEFAULT: Final = "default"
NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z _.-]{0,39}")
REASON_MAX: Final = 500
KEPT_MAX: Final = 100_000
NUMBER_MAX: Final = 2**63 - 1
_COLUMNS: Final = "number, owner, currency, name, free, locked, frozen"


class UnknownWallet(Refusal):
    """There is no such wallet, or it belongs to another customer: the two cannot be told apart."""

    code = "unknown_wallet"
    because: ClassVar[Because] = "absent"
    rule = "F-38"
    remedy = "Check the wallet's number."


class WalletDisabled(Refusal):
    """The wallet has been switched off: nothing goes in and nothing goes out."""

    code = "wallet_disabled"
    because: ClassVar[Because] = "forbidden"
    rule = "F-38"
    remedy = "Ask the operator to switch the wallet on."


class WalletNameMalformed(Refusal):
    """The wallet's name is empty, too long or has other characters than letters, digits and space."""

    code = "wallet_name_malformed"
    rule = "F-10"
    remedy = "Use 1 to 40 letters, digits, spaces, and . _ - within."


@dataclass(frozen=True, slots=True)
class Wallet:
    """The facts of a wallet, which never change; its balances are read from the ledger.

    Args:
        number: from 100001 up.
        owner: the customer's number.
        name: "default", or the owner's word for a further wallet of the same currency.
        free: ledger account of what may leave. locked: of gift money, to be consumed only.
        frozen: of what is set aside.
    """

    number: int
    owner: int
    currency: Currency
    name: str
    free: int
    locked: int
    frozen: int

    @property
    def accounts(self) -> tuple[int, int, int]:
        """Give the three ledger accounts."""
        return self.free, self.locked, self.frozen

    def money(self, minor: int) -> Money:
        """Give an amount in the wallet's currency from its minor units."""
        return Money(minor, self.currency)


# Committed wallets only, by number and by (owner, currency, name); facts that never change need no expiry.
_by_number: Final[dict[tuple[object, int], Wallet]] = {}
_by_name: Final[dict[tuple[object, int, str, str], Wallet]] = {}


def wallet(number: int, *, field: str = "wallet") -> Wallet:
    """Give a wallet by its number.

    Args:
        field: the name of the input, for the refusal.

    Raises:
        UnknownWallet: there is none.

    Source: E-02.
    """
    known = _by_number.get((database(), number))
    if known is not None:
        return known
    found = _read("number = %s", (number,)) if 0 < number <= NUMBER_MAX else None
    if found is None:
        raise _unknown(number, field)
    return found


def wallet_of(owner: int, number: int, *, field: str = "wallet") -> Wallet:
    """Give a customer's own wallet by its number.

    Raises:
        UnknownWallet: there is none, or it is another customer's.

    Source: F-38, E-02.
    """
    found = wallet(number, field=field)
    if found.owner != owner:
        raise _unknown(number, field)
    return found


def find_wallet(owner: int, currency: str, *, name: str = DEFAULT) -> Wallet | None:
    """Give a customer's wallet of a currency, by default the default one; None if he has none.

    Source: A-F5.
    """
    known = _by_name.get((database(), owner, currency, name))
    if known is not None:
        return known
    return _read("owner = %s AND currency = %s AND name = %s", (owner, currency, name))


def default_wallet(owner: int, currency: str, *, actor: str, at: datetime) -> Wallet:
    """Give a customer's default wallet of a currency; it is opened when he has none.

    Raises:
        UnknownCustomer, CustomerDisabled, UnknownCurrency, CurrencyDisabled: none can be opened.

    Source: A-F5; F-23; I36.
    """
    found = find_wallet(owner, currency)
    return found or open_wallet(owner=owner, currency=currency, actor=actor, at=at)


@books.atomic
def open_wallet(
    *, owner: int, currency: str, actor: str, at: datetime, name: str = DEFAULT
) -> Wallet:
    """Open a wallet with its three ledger accounts, or give the one that is there already.

    However many ask at once, there is one wallet per owner, currency and name.

    Args:
        owner: the customer's number.
        currency: its code.
        name: a second wallet of the same currency needs a name of its own.

    Raises:
        UnknownCustomer, CustomerDisabled: the owner cannot have one.
        UnknownCurrency, CurrencyDisabled: not in that currency.
        WalletNameMalformed: no such name.

    Source: F-10, E-02, A-F5; I36.
    """
    if not NAME.fullmatch(name):
        message = "A wallet's name is letters, digits and spaces."
        raise WalletNameMalformed(
            message, field="name", there=ascii(name)[:60], allowed="1 to 40 letters, digits, . _ -"
        )
    customer(owner)
    unit = books.currency(currency)
    connection = books.connection()
    # The unique constraint would do, but a waiting twin would be refused instead of served.
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"tael:wallet:{owner}:{unit.code}:{name}"],
    )
    found = _read("owner = %s AND currency = %s AND name = %s", (owner, unit.code, name))
    if found is not None:
        return found
    row = connection.execute("SELECT nextval('wallet_number')").fetchone()
    number = int(row[0]) if row else 0
    free, locked, frozen = ledger.open_accounts(
        connection,
        [
            ledger.Opening(f"wallet:{number}:{part}", unit.code, "client", 0)
            for part in ("free", "locked", "frozen")
        ],
    )
    connection.execute(
        f"INSERT INTO wallet_wallet ({_COLUMNS}, opened_at, opened_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [number, owner, unit.code, name, free, locked, frozen, at, actor],
    )
    return _keep(Wallet(number, owner, unit, name, free, locked, frozen))


@books.atomic
def disable_wallet(*, wallet: Wallet, actor: str, at: datetime, reason: str, key: str = "") -> bool:
    """Switch a wallet off: from the commit on nothing goes in or out, nor is anything frozen.

    Tells whether it happened now; under a key that was used it happened before.

    Args:
        key: under which it happens once, for ever; what comes again under it changes nothing, also
            when the wallet was switched on in between. Empty: it happens each time.

    Raises:
        TextMalformed: there is no reason.

    Source: F-38; architecture, section 3.
    """
    return _switch(wallet, off=True, actor=actor, at=at, reason=reason, key=key)


@books.atomic
def enable_wallet(*, wallet: Wallet, actor: str, at: datetime, reason: str, key: str = "") -> bool:
    """Switch a wallet on again, and tell whether it happened now.

    Args:
        key: as in ``disable_wallet``.

    Raises:
        TextMalformed: there is no reason.

    Source: F-38.
    """
    return _switch(wallet, off=False, actor=actor, at=at, reason=reason, key=key)


def _switch(wallet: Wallet, *, off: bool, actor: str, at: datetime, reason: str, key: str) -> bool:
    why = parse_text(reason, field="reason", longest=REASON_MAX)
    connection = books.connection()
    connection.execute(
        "SELECT FROM wallet_wallet WHERE number = %s FOR NO KEY UPDATE", [wallet.number]
    )
    subject = f"wallet:{wallet.number}"
    if key and audit.done_under(key, subject=subject):
        return False
    for account in sorted(wallet.accounts):
        ledger.block(connection, account, "both" if off else "none")
    connection.execute(
        "UPDATE wallet_wallet SET disabled_at = %s WHERE number = %s",
        [at if off else None, wallet.number],
    )
    audit.record(
        actor=actor,
        action="wallet.disable" if off else "wallet.enable",
        subject=subject,
        at=at,
        details={"reason": why} | ({"key": key} if key else {}),
    )
    return True


def _read(where: str, values: tuple[object, ...]) -> Wallet | None:
    row = (
        books.connection()
        .execute(f"SELECT {_COLUMNS} FROM wallet_wallet WHERE {where}", values)
        .fetchone()
    )
    return None if row is None else _keep(_wallet(row))


def _wallet(row: tuple[Any, ...]) -> Wallet:
    number, owner, currency, name, free, locked, frozen = row
    unit = books.currencies()[currency].currency
    return Wallet(number, owner, unit, name, free, locked, frozen)


def _keep(found: Wallet) -> Wallet:
    """Keep a wallet in the process once it is committed: the opening may still be rolled back."""
    where = database()
    transaction.on_commit(lambda: _remember(where, found))
    return found


def _remember(where: object, found: Wallet) -> None:
    if len(_by_number) >= KEPT_MAX:
        _by_number.clear()
        _by_name.clear()
    _by_number[where, found.number] = found
    _by_name[where, found.owner, found.currency.code, found.name] = found


def wallet_from(row: WalletRow) -> Wallet:
    """Give the wallet of a row that was read.

    Source: E-02.
    """
    facts = (row.number, row.owner, row.currency, row.name, row.free, row.locked, row.frozen)
    return _wallet(facts)


def wallets_of(accounts: Iterable[int]) -> dict[int, Wallet]:
    """Tell whose the ledger accounts are; those of no wallet are left out. One query at most.

    Source: E-03.
    """
    asked = list(accounts)
    rows = (
        books.connection()
        .execute(
            f"SELECT {_COLUMNS} FROM wallet_wallet"
            " WHERE free = ANY(%(ids)s) OR locked = ANY(%(ids)s) OR frozen = ANY(%(ids)s)",
            {"ids": asked},
        )
        .fetchall()
    )
    found = [_wallet(row) for row in rows]
    return {account: wallet for wallet in found for account in wallet.accounts}


def forget_wallets() -> None:
    """Drop what is kept in the process, for a database that was replaced under the same name."""
    _by_number.clear()
    _by_name.clear()


def _unknown(number: int, field: str) -> UnknownWallet:
    return UnknownWallet("There is no such wallet.", field=field, there=str(number)[:32])
