"""A bank's statement of an account (ISO 20022, camt.053) as rows of a table; read in the child, like a sheet.

Each statement gives a row for itself with its balances, then one for each booking. A booking of several
transactions that come to its amount gives a row for each of them, so that every payer has his own line.

Source: peers-settlement-invest A26; reliability, M8, T15.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from tael.sheets.refusals import SheetUnreadable
from tael.sheets.sheet import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from tael.sheets.table import Table

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
COLUMNS: Final = (
    "record",
    "statement",
    "account",
    "currency",
    "booked_on",
    "value_on",
    "amount",
    "reference",
    "end_to_end",
    "counterparty",
    "counterparty_account",
    "text",
    "status",
    "opening",
    "closing",
)
NOT_TOLD: Final = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})
SIDES: Final = {"CRDT": "", "DBIT": "-"}
OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)

Said = dict[str, str]


def camt_rows(content: bytes, table: Table) -> None:
    """Take the statements of a message into a table. No entity, document type or outer file is followed.

    Raises:
        SheetUnreadable: it is no camt.053, or there is no statement in it.
        SheetTooLarge: as the table says.

    Source: A26; T15.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (DefusedXmlException, ValueError, SyntaxError):
        message = "The file is no XML that can be read."
        raise SheetUnreadable(message, allowed="camt.053") from None
    for one in root.iter():
        if isinstance(one.tag, str) and one.tag.startswith(f"{{{NAMESPACE}"):
            one.tag = one.tag.rpartition("}")[2]
    statements = root.findall("BkToCstmrStmt/Stmt")
    if not statements:
        raise SheetUnreadable("This is no camt.053.", allowed="camt.053 with a statement")
    table.take(1, [Cell(column) for column in COLUMNS])
    place = 0
    for statement in statements:
        for said in _said(statement):
            place += 1
            table.take(place, [Cell(said.get(column, "")) for column in COLUMNS])


def _said(statement: Element) -> Iterator[Said]:
    number = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")
    around = {
        "statement": _text(statement, "Id"),
        "account": "".join(number.split()),
        "currency": _text(statement, "Acct/Ccy"),
    }
    balances = {
        _text(one, "Tp/CdOrPrtry/Cd"): _signed(one) for one in reversed(statement.findall("Bal"))
    }
    yield {
        **around,
        "record": "statement",
        "opening": next((balances[code] for code in OPENING if code in balances), ""),
        "closing": next((balances[code] for code in CLOSING if code in balances), ""),
    }
    for entry in statement.iterfind("Ntry"):
        for line in _lines(entry):
            yield {**around, "record": "line", **line}


def _lines(entry: Element) -> Iterator[Said]:
    """Give the line of a booking, or those of its transactions where they come to its amount."""
    own = {
        "booked_on": _day(entry, "BookgDt"),
        "value_on": _day(entry, "ValDt"),
        "amount": _signed(entry),
        "currency": _currency(entry),
        "reference": _told(_text(entry, "AcctSvcrRef")),
        "text": _text(entry, "AddtlNtryInf"),
        "status": _text(entry, "Sts/Cd") or _text(entry, "Sts"),
    }
    parts = entry.findall("NtryDtls/TxDtls")
    amounts = [_part(one, own["amount"]) for one in parts]
    if len(parts) < 2 or not _adds_up(amounts, own["amount"]):
        yield {**own, **(_of_transaction(parts[0], own) if len(parts) == 1 else {})}
        return
    for place, (one, amount) in enumerate(zip(parts, amounts, strict=True), start=1):
        reference = _told(_text(one, "Refs/AcctSvcrRef"))
        if not reference and own["reference"]:
            reference = f"{own['reference']}/{place}"
        if reference == own["reference"] and reference:
            reference = f"{reference}/{place}"
        yield {**own, **_of_transaction(one, own), "amount": amount, "reference": reference}


def _of_transaction(one: Element, entry: Said) -> Said:
    """Give who stands at the other end, and what the payer wrote."""
    side = "Cdtr" if entry["amount"].startswith("-") else "Dbtr"
    account = _text(one, f"RltdPties/{side}Acct/Id/IBAN") or _text(
        one, f"RltdPties/{side}Acct/Id/Othr/Id"
    )
    written = " ".join(
        " ".join((found.text or "").split()) for found in one.iterfind("RmtInf/Ustrd")
    )
    creditor = _text(one, "RmtInf/Strd/CdtrRefInf/Ref")
    return {
        "reference": entry["reference"] or _told(_text(one, "Refs/AcctSvcrRef")),
        "end_to_end": _told(_text(one, "Refs/EndToEndId")),
        "counterparty": _text(one, f"RltdPties/{side}/Pty/Nm")
        or _text(one, f"RltdPties/{side}/Nm"),
        "counterparty_account": "".join(account.split()),
        "text": " ".join(filter(None, (written, creditor))) or entry["text"],
    }


def _part(one: Element, whole: str) -> str:
    """Give a transaction's amount with the sign of its booking; "" where it says none or in another currency."""
    found = one.find("Amt")
    if found is None:
        found = one.find("AmtDtls/TxAmt/Amt")
    if found is None or found.text is None:
        return ""
    sign = "-" if whole.startswith("-") else ""
    side = _text(one, "CdtDbtInd")
    if side and (side == "DBIT") != bool(sign):
        return ""
    return sign + found.text.strip()


def _adds_up(amounts: list[str], whole: str) -> bool:
    try:
        return all(amounts) and sum(map(Decimal, amounts)) == Decimal(whole)
    except InvalidOperation:
        return False


def _signed(place: Element) -> str:
    """Give an amount with the sign of its side; "" where the side is not told, for it is not guessed."""
    amount, side = _text(place, "Amt"), _text(place, "CdtDbtInd")
    if side not in SIDES or not amount or amount.startswith("-"):
        return ""
    return f"{SIDES[side]}{amount}"


def _currency(entry: Element) -> str:
    found = entry.find("Amt")
    return "" if found is None else found.get("Ccy", "")


def _day(entry: Element, name: str) -> str:
    return _text(entry, f"{name}/Dt") or _text(entry, f"{name}/DtTm")[:10]


def _told(reference: str) -> str:
    return "" if reference.upper() in NOT_TOLD else reference


def _text(place: Element, path: str) -> str:
    found = place.find(path)
    return "" if found is None or found.text is None else " ".join(found.text.split())
