"""Serial numbers (交易流水編碼): operation, date and time, object, in one row of digits.

Source: F-20; A-F1, A-F2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from tael.books import SnoMalformed
from tael.books.instruction import check_sno

if TYPE_CHECKING:
    from datetime import tzinfo

    from tael.wallet.operation import Operation

ENTRY_DIGITS: Final = 12
_TIME: Final = slice(1, 15)
_OBJECT: Final = 15


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """The three facts of a serial number.

    Args:
        at: in the business zone, to the second.
        object_id: the customer, or for a generated number the ledger's entry.
    """

    operation: Operation
    at: datetime
    object_id: str


def business_zone() -> tzinfo:
    """Give the zone in which serial numbers tell the time; it stays the same for good."""
    return ZoneInfo(settings.TAEL_TIME_ZONE)


def serial_number(
    operation: Operation, at: datetime, object_id: int, *, zone: tzinfo | None = None
) -> str:
    """Write a serial number in the seed's form.

    Two operations of one kind on one object within a second get the same number, so it is a name
    and no key; see ``generated`` for numbers that never collide.

    Args:
        at: aware; told in the business zone.
        zone: another zone than the business zone.

    Source: F-20, X-F10.

    >>> from datetime import UTC
    >>> from tael.wallet.operation import Operation
    >>> serial_number(Operation.FREEZE, datetime(2020, 1, 15, 16, 54, 6, tzinfo=UTC), 10012, zone=UTC)
    '42020011516540610012'
    """
    local = at.astimezone(zone or business_zone())
    return f"{operation:d}{local.year:04d}{local:%m%d%H%M%S}{object_id}"


def parse_serial_number(sno: str, *, operation: Operation) -> SerialNumber:
    """Read a serial number that came from outside.

    Only its form is checked: the digit of the operation and a real date and time. What stands behind
    them is the caller's.

    Raises:
        SnoMalformed: another form, another operation, or no such date.

    Source: F-20, A-F1, A-F2.
    """
    check_sno(sno, operation=operation)
    moment = datetime.strptime(sno[_TIME], "%Y%m%d%H%M%S").replace(tzinfo=business_zone())
    return SerialNumber(operation, moment, sno[_OBJECT:])


def generated(*, operation: Operation, at: datetime, entry_id: int) -> str:
    """Give the number of an operation whose caller sent none.

    It ends with the ledger's entry, so no two operations share one, and it is computed from the entry
    whenever it is shown: nothing is stored and nothing can run out of step.

    Args:
        at: when the entry took effect.

    Source: A-F2 as amended.
    """
    return f"{serial_number(operation, at, entry_id)[:_OBJECT]}{entry_id:0{ENTRY_DIGITS}d}"


def entry_meant(sno: str) -> int | None:
    """Tell which entry a number would name if it was generated; None if it cannot have been.

    The caller compares ``generated`` of that entry with the number before he believes it.

    >>> entry_meant("420200115165406000000000017")
    17
    """
    tail = sno[_OBJECT:]
    if len(tail) < ENTRY_DIGITS or not (sno.isascii() and sno.isdigit()):
        return None
    return int(tail)


__all__ = [
    "SerialNumber",
    "SnoMalformed",
    "business_zone",
    "entry_meant",
    "generated",
    "parse_serial_number",
    "serial_number",
]
