"""How a bank writes its sheets, saved once for it: which heading holds what, how days and amounts are written.

Source: peers-settlement-invest A26.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books
from tael.money import parse_amount
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.models import BankMap
from tael.settlement.registry import CODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tael.money import Currency

__all__ = [
    "BankMap",
    "BankMapMalformed",
    "MapFields",
    "UnknownBankMap",
    "bank_map",
    "bank_maps",
    "parse_bank_amount",
    "parse_bank_day",
    "set_bank_map",
]

FIELDS: Final = (
    "booked_on",
    "value_on",
    "amount",
    "debit",
    "credit",
    "balance",
    "currency",
    "reference",
    "end_to_end",
    "counterparty",
    "counterparty_account",
    "text",
)
"""What a heading can hold. The day and either one signed amount or debit and credit are needed."""
DAYS: Final = {
    "YYYY-MM-DD": re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
    "YYYY/MM/DD": re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    "YYYYMMDD": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    "DD.MM.YYYY": re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    "DD/MM/YYYY": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})"),
    "MM/DD/YYYY": re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"),
}
MARKS: Final = (".", ",")
ENCODINGS: Final = {
    "auto": None,
    "utf-8": "utf-8-sig",
    "gb18030": "gb18030",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
}
HEADING_MAX: Final = 60
NAME_MAX: Final = 100
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?")
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f']")
_AMOUNTS: Final = {
    ".": re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"),
    ",": re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?"),
}


class UnknownBankMap(Refusal):
    """There is no column map of this code."""

    code = "unknown_bank_map"
    because: ClassVar[Because] = "absent"
    rule = "A26"
    remedy = "Use the code of a saved map, or save one."


class BankMapMalformed(Refusal):
    """A column map cannot be used as it is."""

    code = "bank_map_malformed"
    rule = "A26"
    remedy = (
        "Name the bank's heading for the day, and for one signed amount or for debit and credit."
    )


class BankCellMalformed(Refusal):
    """A cell of a bank's file does not read as its column map says."""

    code = "bank_cell_malformed"
    rule = "A26"
    remedy = "Compare the cell with the map: form of days, decimal mark, headings."


class MapFields(NamedTuple):
    """What a map says, as it is sent.

    Args:
        columns: the bank's heading by field. day: of ``DAYS``. mark: "." or ",". encoding: of ``ENCODINGS``.
    """

    columns: Mapping[str, str]
    day: str = "YYYY-MM-DD"
    mark: str = "."
    encoding: str = "auto"


@books.atomic
def set_bank_map(*, code: str, name: str, fields: MapFields, actor: str, at: datetime) -> BankMap:
    """Save how a bank writes its sheets; the same code again changes the map for files to come.

    Args:
        code: 1 to 32 of a-z, 0-9, _ . -

    Raises:
        BankMapMalformed: naming the field. TextMalformed: there is no name.

    Source: A26.
    """
    if not CODE.fullmatch(code):
        raise _malformed("code", code, "1 to 32 of a-z, 0-9, _ . -")
    called = parse_text(name, field="name", longest=NAME_MAX)
    columns = _columns(fields.columns)
    for field, said, allowed in (
        ("day", fields.day, DAYS),
        ("mark", fields.mark, MARKS),
        ("encoding", fields.encoding, ENCODINGS),
    ):
        if said not in allowed:
            raise _malformed(field, said, " ".join(allowed))
    told = {
        "name": called,
        "columns": columns,
        "day": fields.day,
        "mark": fields.mark,
        "encoding": fields.encoding,
    }
    known = BankMap.objects.select_for_update().filter(pk=code).first()
    if known is not None and all(getattr(known, name) == said for name, said in told.items()):
        return known
    made, _ = BankMap.objects.update_or_create(
        code=code, defaults={**told, "set_at": at, "set_by": actor}
    )
    audit.record(
        actor=actor, action="bank_map.set", subject=f"bank_map:{code}", at=at, details=told
    )
    return made


def bank_map(code: str) -> BankMap:
    """Give a map by its code.

    Raises:
        UnknownBankMap: there is none.

    Source: A26.
    """
    found = BankMap.objects.filter(pk=code).first() if CODE.fullmatch(code) else None
    if found is None:
        message = "There is no such column map."
        raise UnknownBankMap(message, field="map", there=ascii(code)[:40])
    return found


def bank_maps() -> list[BankMap]:
    """List the maps by their codes; as many as there are banks.

    Source: A26.
    """
    return list(BankMap.objects.order_by("code"))


def parse_bank_day(text: str, form: str, *, field: str) -> date:
    """Read a day as the map says; a time behind it is left out. Spreadsheets' own days are always read.

    Raises:
        BankCellMalformed.

    Source: A26.
    """
    plain = _TIME.sub("", text.strip())
    for pattern in (DAYS[form], DAYS["YYYY-MM-DD"]):
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        try:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            break
    raise bank_cell(field, text, f"a day as {form}")


def parse_bank_amount(text: str, currency: Currency, mark: str, *, field: str) -> int:
    """Read an amount as banks write it, in minor units: ``1,234.50`` or ``-1.234,50``, with zero and signs.

    Raises:
        BankCellMalformed; AmountTooPrecise, AmountTooLarge: as ``parse_amount``.

    Source: A26.
    """
    found = _AMOUNTS[mark].fullmatch(_BLANKS.sub("", text))
    if found is None:
        raise bank_cell(field, text, f"an amount with {mark!r} before the decimals")
    sign, whole, decimals = found.groups()
    plain = re.sub(r"\D", "", whole).lstrip("0") or "0"
    rest = (decimals or "")[1:]
    money = parse_amount(
        f"{plain}.{rest}" if rest else plain, currency, field=field, allow_zero=True
    )
    return -money.minor if sign == "-" else money.minor


def bank_cell(field: str, there: str, allowed: str) -> BankCellMalformed:
    """Say which cell does not read."""
    message = f"{field} does not read."
    return BankCellMalformed(message, field=field, there=ascii(there)[1:-1][:60], allowed=allowed)


def _columns(sent: Mapping[str, str]) -> dict[str, str]:
    columns = {
        name: parse_text(heading, field=f"columns.{name}", longest=HEADING_MAX)
        for name, heading in sent.items()
        if heading.strip()
    }
    unknown = next((name for name in columns if name not in FIELDS), None)
    if unknown is not None:
        raise _malformed(f"columns.{unknown}"[:60], unknown, ", ".join(FIELDS))
    if "booked_on" not in columns:
        raise _malformed("columns.booked_on", "", "the heading of the booking day")
    ways = ("amount" in columns, "debit" in columns, "credit" in columns)
    if ways not in {(True, False, False), (False, True, True)}:
        there = ", ".join(name for name in ("amount", "debit", "credit") if name in columns)
        raise _malformed("columns.amount", there, "one signed amount, or both debit and credit")
    twice = [name for name in columns if list(columns.values()).count(columns[name]) > 1]
    if twice:
        raise _malformed(f"columns.{twice[0]}", columns[twice[0]], "a heading of its own")
    return columns


def _malformed(field: str, there: str, allowed: str) -> BankMapMalformed:
    message = f"{field} cannot be used."
    return BankMapMalformed(message, field=field, there=ascii(there)[1:-1][:60], allowed=allowed)
