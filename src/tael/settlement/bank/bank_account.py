"""The house's own accounts at banks: each behind a channel, in one currency, with the map of its bank's sheets.

Source: peers-settlement-invest A26.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Q

from tael import books
from tael.channels.channel import usable
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.bank.bank_map import NAME_MAX, BankMap, BankMapMalformed, bank_map
from tael.settlement.models import BankAccountRow
from tael.settlement.registry import CODE

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "BankAccountMalformed",
    "BankAccountRow",
    "BankAccountTaken",
    "UnknownBankAccount",
    "add_bank_account",
    "bank_account",
    "bank_accounts",
    "give_map",
]

_NUMBER: Final = re.compile(r"[0-9A-Z]{4,40}")


class UnknownBankAccount(Refusal):
    """There is no bank account of this code."""

    code = "unknown_bank_account"
    because: ClassVar[Because] = "absent"
    rule = "A26"
    remedy = "Use the code of one of the house's bank accounts, or register it."


class BankAccountTaken(Refusal):
    """Code or number are those of another bank account."""

    code = "bank_account_taken"
    because: ClassVar[Because] = "conflict"
    rule = "A26"
    remedy = "Use the account that is there, or another code."


class BankAccountMalformed(Refusal):
    """A code or number of a bank account has a shape that cannot be kept."""

    code = "bank_account_malformed"
    rule = "A26"
    remedy = "Send the named field in the allowed form."


@books.atomic
def add_bank_account(
    *,
    code: str,
    name: str,
    channel: str,
    currency: str,
    number: str,
    map_code: str = "",
    actor: str,
    at: datetime,
) -> BankAccountRow:
    """Register an account that the house has at a bank. The same again gives the one that is there.

    Args:
        code: 1 to 32 of a-z, 0-9, _ . -
        channel: over which its money comes and goes in the books.
        number: IBAN or account number; blanks do not matter.
        map_code: how the bank writes its sheets; "" where only its messages are brought.

    Raises:
        BankAccountMalformed, TextMalformed: naming the field.
        BankAccountTaken: the code, or the number in this currency, is another account's.
        UnknownBankMap. UnknownChannel, ChannelDisabled, ChannelCurrencyRefused: as ``usable``.

    Source: A26.
    """
    if not CODE.fullmatch(code):
        raise _malformed("code", code, "1 to 32 of a-z, 0-9, _ . -")
    called = parse_text(name, field="name", longest=NAME_MAX)
    plain = plain_number(number)
    if not _NUMBER.fullmatch(plain):
        raise _malformed(
            "number", plain, "an IBAN or an account number of 4 to 40 letters and digits"
        )
    usable(channel, currency)
    used = bank_map(map_code) if map_code else None
    known = BankAccountRow.objects.filter(Q(code=code) | Q(number=plain, currency=currency)).first()
    if known is not None:
        same = (known.code, known.channel, known.currency, known.number)
        if same == (code, channel, currency, plain):
            return known
        message = f"Account {known.code} has this code or number."
        raise BankAccountTaken(message, field="code", there=known.code)
    made = BankAccountRow.objects.create(
        code=code,
        name=called,
        channel=channel,
        currency=currency,
        number=plain,
        map=used,
        added_at=at,
        added_by=actor,
    )
    details = {"channel": channel, "currency": currency, "map": map_code}
    _tell(made, "add", actor, at, details)
    return made


@books.atomic
def give_map(*, code: str, map_code: str, actor: str, at: datetime) -> BankAccountRow:
    """Say by which map the sheets of an account are read from now on.

    Raises:
        UnknownBankAccount, UnknownBankMap.

    Source: A26.
    """
    found = bank_account(code, locked=True)
    if found.map_id != map_code:
        before, found.map = found.map_id, bank_map(map_code)
        found.save(update_fields=["map"])
        _tell(found, "give_map", actor, at, {"map": map_code, "before": before})
    return found


def bank_account(code: str, *, locked: bool = False) -> BankAccountRow:
    """Give an account by its code.

    Args:
        locked: nobody else brings lines of it until the transaction ends.

    Raises:
        UnknownBankAccount: there is none.

    Source: A26.
    """
    rows = (
        BankAccountRow.objects.select_for_update(no_key=True) if locked else BankAccountRow.objects
    )
    found = rows.filter(code=code).first() if CODE.fullmatch(code) else None
    if found is None:
        message = "There is no such bank account."
        raise UnknownBankAccount(message, field="account", there=ascii(code)[:40])
    return found


def bank_accounts() -> list[BankAccountRow]:
    """List the house's bank accounts with their maps. One query; as many as the house has.

    Source: A26.
    """
    return list(BankAccountRow.objects.select_related("map").order_by("code"))


def map_of(account: BankAccountRow) -> BankMap:
    """Give the map by which an account's sheets are read.

    Raises:
        BankMapMalformed: the account has none.

    Source: A26.
    """
    if account.map is None:
        message = f"Account {account.code} has no column map."
        raise BankMapMalformed(message, field="map", allowed="a saved map, or a camt.053 message")
    return account.map


def plain_number(number: str) -> str:
    """Give an account's number as it is compared: without blanks and hyphens, in capitals."""
    return "".join(number.split()).replace("-", "").upper()


def _malformed(field: str, there: str, allowed: str) -> BankAccountMalformed:
    message = f"{field} cannot be kept."
    there = ascii(there)[1:-1][:60]
    return BankAccountMalformed(message, field=field, there=there, allowed=allowed)


def _tell(
    row: BankAccountRow, verb: str, actor: str, at: datetime, details: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        action=f"bank_account.{verb}",
        subject=f"bank_account:{row.code}",
        at=at,
        details=details,
    )
