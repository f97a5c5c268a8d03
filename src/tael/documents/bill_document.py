"""A bill (賬單) as a document, and lists of bills and of the records behind one, in the reader's language.

Source: B-17, B-19, B-22, E-13; X-B3; peers-settlement-invest A12, A39.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from tael.documents.download import (
    CONTENT_TYPES,
    SHEET_FORMATS,
    STATEMENT_FORMATS,
    Document,
    sheet_document,
)
from tael.documents.labels import word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local, start_of
from tael.settlement.accrual_search import accruals
from tael.settlement.bill_search import BillsWanted, bills, records_behind
from tael.settlement.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.accrual_search import AccrualView
    from tael.settlement.bill_search import BillFacts, BillSeen, LineSeen

PAGE: Final = 200
EPOCH: Final = date(2000, 1, 1)
BILL_COLUMNS: Final = (
    "bill",
    "merchant",
    "merchant account",
    "from",
    "to",
    "state",
    "records",
    "amount",
    "currency",
    "issued",
    "replaces",
)
LINE_COLUMNS: Final = (
    "name",
    "quantity",
    "unit",
    "income",
    "expense",
    "amount",
    "currency",
    "records",
)
RECORD_COLUMNS: Final = (
    "source",
    "business kind",
    "business number",
    "reversed number",
    "day",
    "quantity",
    "unit",
    "amount",
    "currency",
)


def bill_document(facts: BillFacts, form: str, language: Language) -> Document:
    """Write a bill as PDF, xlsx or csv; the same bill gives the same bytes.

    Raises:
        FormatUnknown: in another.

    Source: E-13; A39; I-140.
    """
    if form != "pdf":
        return sheet_document(bill_sheet(facts, language), form, STATEMENT_FORMATS)
    from tael.documents.pdf_file import set_document  # noqa: PLC0415 - loads a typesetter of 80 MB

    content = set_document("bill", bill_data(facts, language), language, made_at=made_at(facts))
    return Document(f"{name_of(facts)}.pdf", CONTENT_TYPES["pdf"], content)


def bill_sheet(facts: BillFacts, language: Language) -> Sheet:
    """Make the table of a bill: what it is of above, its lines below.

    Source: B-22, E-13.
    """
    said: list[tuple[str, Cell]] = [
        (word(label, language), text) for label, text in bill_facts_said(facts, language)
    ]
    return Sheet(
        name=name_of(facts),
        title=f"{word('bill', language)} {facts.bill.pk}",
        facts=[
            *said,
            (word("total", language), facts.total),
            *_figures(facts, language),
            (word("digest", language), facts.digest),
        ],
        columns=[word(name, language) for name in LINE_COLUMNS],
        rows=[
            [
                line_name(line, language),
                line.counted,
                line.unit,
                line.income,
                line.expense,
                line.amount,
                facts.account.currency.code,
                line.records,
            ]
            for line in facts.lines
        ],
        made_at=made_at(facts),
    )


def bill_list(wanted: BillsWanted, form: str, language: Language) -> tuple[Document, int]:
    """Write the bills that a filter finds as csv or xlsx, and tell how many they are.

    Raises:
        FormatUnknown, DocumentTooLong: as they say.

    Source: E-13; A39.
    """
    rows = _all(lambda before: bills(wanted, limit=PAGE, before=before), lambda one: one.bill.pk)
    sheet = Sheet(
        name="bills",
        title=word("bills", language),
        facts=[(word("lines", language), len(rows))],
        columns=[word(name, language) for name in BILL_COLUMNS],
        rows=[_bill_row(one, language) for one in rows],
        made_at=max([one.bill.made_at for one in rows], default=start_of(EPOCH)),
    )
    return sheet_document(sheet, form, SHEET_FORMATS), len(rows)


def record_list(
    facts: BillFacts, form: str, language: Language, *, kind: str = "", style: str = ""
) -> tuple[Document, int]:
    """Write the records behind a bill, or behind one of its lines, as csv or xlsx, and tell how many.

    Raises:
        FormatUnknown, DocumentTooLong: as they say.

    Source: B-18, B-23; A12, A39.
    """
    wanted = records_behind(facts, kind=kind, style=style)
    rows = _all(lambda before: accruals(wanted, limit=PAGE, before=before), lambda one: one.row.pk)
    names = {one.code: one.names for one in kinds()}
    sheet = Sheet(
        name=f"bill-{facts.bill.pk}-records",
        title=f"{word('bill records', language)} {facts.bill.pk}",
        facts=[(word("lines", language), len(rows))],
        columns=[word(name, language) for name in RECORD_COLUMNS],
        rows=[_record_row(one, names, language) for one in rows],
        made_at=made_at(facts),
    )
    return sheet_document(sheet, form, SHEET_FORMATS), len(rows)


def bill_data(facts: BillFacts, language: Language) -> dict[str, Any]:
    """Give what the printed bill shows, all of it as text.

    Source: B-19, B-22, E-13.
    """
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    return {
        "words": {name: word(name, language) for name in _PRINTED},
        "title": f"{word('bill', language)} {facts.bill.pk}",
        "number": str(facts.bill.pk),
        "state": facts.bill.state,
        "currency": facts.account.currency.code,
        "facts": [
            {"label": word(label, language), "text": text}
            for label, text in bill_facts_said(facts, language)
        ],
        "lines": [
            {
                "name": line_name(line, language),
                "unit": f"{line.counted} {line.unit}".strip(),
                "records": str(line.records),
                "amount": amount(line.amount),
            }
            for line in facts.lines
        ],
        "total": amount(facts.total),
        "extra": [
            {"label": label, "text": amount(figure)} for label, figure in _figures(facts, language)
        ],
        "digest": facts.digest,
    }


def bill_facts_said(facts: BillFacts, language: Language) -> list[tuple[str, str]]:
    """Say what a bill is of: pairs of a word's name and the text beside it.

    Source: E-13; A11.
    """
    row = facts.bill
    said = [
        ("merchant", f"{facts.merchant} ({facts.account.owner})".strip()),
        ("merchant account", str(facts.account.number)),
        ("period", f"{row.first_day} \N{EN DASH} {row.last_day}"),
        ("currency", facts.account.currency.code),
        ("state", word(f"state {row.state}", language)),
        ("records", str(row.records)),
    ]
    if row.issued_at is not None:
        said.append(("issued", f"{local(row.issued_at):%Y-%m-%d %H:%M:%S}"))
    if row.replaces_id is not None:
        said.append(("replaces", str(row.replaces_id)))
    if row.state == "void":
        said.append(("void reason", row.void_reason))
        said.append(("replaced by", str(facts.successor or "")))
    return said


def line_name(line: LineSeen, language: Language) -> str:
    """Name a line of a bill; what was taken back says so where it has a line of its own.

    Source: B-22; A5.
    """
    name = line.name(language)
    return f"{name} ({word('reversals', language)})" if line.reversals else name


def name_of(facts: BillFacts) -> str:
    """Name the file of a bill, without its ending.

    Source: E-13.
    """
    return f"bill-{facts.bill.pk}"


def made_at(facts: BillFacts) -> datetime:
    """Give the moment that a bill's document is of: when it came to be what it is.

    Source: E-13 (time made).
    """
    row = facts.bill
    moment: datetime = row.voided_at or row.issued_at or row.reviewed_at or row.made_at
    return moment


_PRINTED: Final = (
    "name",
    "unit value",
    "amount",
    "records",
    "total",
    "page",
    "digest",
    "bill note",
    "state void",
)


def _figures(facts: BillFacts, language: Language) -> list[tuple[str, Any]]:
    figures = (("balance then", facts.balance_then), ("kept back", facts.kept_back))
    return [(word(label, language), figure) for label, figure in figures if figure is not None]


def _bill_row(one: BillSeen, language: Language) -> list[Cell]:
    row = one.bill
    return [
        str(row.pk),
        f"{one.account.owner} {one.merchant}".strip(),
        str(one.account.number),
        row.first_day.isoformat(),
        row.last_day.isoformat(),
        word(f"state {row.state}", language),
        row.records,
        one.total,
        one.account.currency.code,
        None if row.issued_at is None else local(row.issued_at),
        "" if row.replaces_id is None else str(row.replaces_id),
    ]


def _record_row(
    one: AccrualView, names: dict[str, dict[str, str]], language: Language
) -> list[Cell]:
    row = one.row
    called = names.get(row.kind_id, {})
    return [
        row.source_id,
        called.get(language) or called.get("en") or row.kind_id,
        row.number,
        row.reversed_number or "",
        row.day.isoformat(),
        one.quantity,
        one.unit,
        one.amount,
        one.account.currency.code,
    ]


def _all(page: Callable[[int | None], Sequence[Any]], place: Callable[[Any], int]) -> list[Any]:
    """Read all rows that a filter finds, page by page.

    Raises:
        DocumentTooLong: there are more than one file may have.
    """
    rows: list[Any] = []
    before = None
    while True:
        found = page(before)
        rows += found
        if len(rows) > LINES_MAX:
            raise too_long("rows")
        if len(found) < PAGE:
            return rows
        before = place(found[-1])
