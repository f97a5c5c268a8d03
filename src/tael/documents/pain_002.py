"""The bank's status report of a payment file (ISO 20022, pain.002) as rows, judged as those of a sheet are.

Each row names the batch and the withdrawal; amount and account are compared where the bank repeats them. A
status that is not final (received, pending, in settlement) says nothing yet.

Source: peers-settlement-invest A25, section 3.6; B-35; reliability, T15.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from tael.sheets import Sheet, SheetTooLarge, SheetUnreadable
from tael.sheets.limits import ROWS_MAX, UPLOAD_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."
COLUMNS: Final = (
    "batch",
    "withdrawal",
    "payout_status",
    "flow_number",
    "paid_on",
    "reason",
    "amount",
    "payee_account",
)
FINAL: Final = {"ACSC": "paid", "ACCC": "paid", "RJCT": "failed", "CANC": "failed"}
OPEN: Final = frozenset({"ACTC", "ACCP", "ACSP", "ACWC", "PDNG", "RCVD", "PART", "PATC", "ACFC"})
WITHOUT_REASON: Final = "rejected by the bank"


class _Told(NamedTuple):
    """A status and its reason, of one transaction or of all that stand below."""

    status: str
    reason: str


def read_pain_002(data: bytes, *, name: str) -> Sheet:
    """Read a status report. No entity, document type or outer file is followed.

    Raises:
        SheetTooLarge: more bytes or rows than a sheet may have.
        SheetUnreadable: it is no pain.002, or says nothing of transactions.

    Source: A25; T15.
    """
    if len(data) > UPLOAD_MAX:
        message = "The file is too large."
        raise SheetTooLarge(message, field="file", allowed=f"at most {UPLOAD_MAX} bytes")
    try:
        root = fromstring(data, forbid_dtd=True)
    except (DefusedXmlException, ValueError, SyntaxError):
        message = "The file is no XML that can be read."
        raise SheetUnreadable(message, field="file", allowed="pain.002") from None
    _strip(root)
    report = root.find("CstmrPmtStsRpt")
    if report is None:
        raise SheetUnreadable("This is no pain.002.", field="file", allowed="pain.002")
    rows = list(_rows(report))
    if len(rows) > ROWS_MAX:
        message = "The file has too many rows."
        raise SheetTooLarge(message, field="file", allowed=f"at most {ROWS_MAX} rows")
    if not rows:
        message = "The report says nothing of single payments."
        raise SheetUnreadable(message, field="file", allowed="a status for each payment")
    lines = [json.dumps([place, False, row]) for place, row in enumerate(rows, start=1)]
    return Sheet(
        name=name,
        form="pain.002",
        digest=hashlib.sha256(data).hexdigest(),
        columns=COLUMNS,
        header=0,
        count=len(rows),
        content="".join(f"{line}\n" for line in lines).encode(),
    )


def _rows(report: Element) -> Iterator[list[str]]:
    """Give a row for each transaction; a status that it lacks is that of what it stands in."""
    batch = _text(report, "OrgnlGrpInfAndSts/OrgnlMsgId")
    group = _told(report.find("OrgnlGrpInfAndSts"), "GrpSts")
    for payment in report.iterfind("OrgnlPmtInfAndSts"):
        above = _told(payment, "PmtInfSts")
        for one in payment.iterfind("TxInfAndSts"):
            own = _told(one, "TxSts")
            told = next((each for each in (own, above, group) if each.status), own)
            verdict = FINAL.get(
                told.status, "" if told.status in OPEN or not told.status else told.status
            )
            amount = _text(one, "OrgnlTxRef/Amt/InstdAmt")
            account = _text(one, "OrgnlTxRef/CdtrAcct/Id/IBAN") or _text(
                one, "OrgnlTxRef/CdtrAcct/Id/Othr/Id"
            )
            yield [
                batch,
                _text(one, "OrgnlEndToEndId"),
                verdict,
                _text(one, "AcctSvcrRef") if verdict == "paid" else "",
                _text(one, "AccptncDtTm")[:10] if verdict == "paid" else "",
                (told.reason or WITHOUT_REASON) if verdict == "failed" else "",
                amount,
                account,
            ]


def _told(place: Element | None, status: str) -> _Told:
    if place is None:
        return _Told("", "")
    code = _text(place, "StsRsnInf/Rsn/Cd") or _text(place, "StsRsnInf/Rsn/Prtry")
    more = " ".join(found.text or "" for found in place.iterfind("StsRsnInf/AddtlInf"))
    reason = " ".join(f"{code} {more}".split())[:500]
    return _Told(_text(place, status), reason)


def _text(place: Element, path: str) -> str:
    found = place.find(path)
    return "" if found is None or found.text is None else " ".join(found.text.split())


def _strip(root: Element) -> None:
    """Take the namespace off the names, if it is the report's."""
    for one in root.iter():
        if isinstance(one.tag, str) and one.tag.startswith(f"{{{NAMESPACE}"):
            one.tag = one.tag.rpartition("}")[2]
