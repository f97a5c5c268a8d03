"""A bill (賬單) as a document, in the reader's language.

Source: B-17, B-19, B-22, E-13; X-B3; peers-settlement-invest A12, A39.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tael.documents.download import (
    CONTENT_TYPES,
    STATEMENT_FORMATS,
    Document,
    sheet_document,
)
from tael.documents.labels import word
from tael.documents.sheet import Sheet
from tael.documents.wallet_statement import local

if TYPE_CHECKING:
    from datetime import datetime

    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.bills.bill_search import BillFacts, LineSeen

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
