"""Period reports (期初期末報表) and account details (明細) as documents, from the figures that the pages show.

Source: B-28, B-29, E-11, E-16; peers-settlement-invest A13, A39.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from tael.documents.download import (
    CONTENT_TYPES,
    STATEMENT_FORMATS,
    Document,
    sheet_document,
)
from tael.documents.labels import word
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local, start_of, zone_name
from tael.parties.queries import customer_names

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.accounts.account_details import Detail
    from tael.settlement.reports.period_report import Figures

EPOCH: Final = date(2000, 1, 1)
PDF_LINES_MAX: Final = 1_000
COLUMNS: Final = (
    "detail number",
    "effective",
    "what",
    "document",
    "amount",
    "after",
    "currency",
    "info",
    "entry number",
    "booked",
)


def report_document(figures: Figures, form: str, language: Language) -> Document:
    """Write the figures of a period with their lines as PDF, xlsx or csv; the same figures, the same bytes.

    Raises:
        FormatUnknown: in another.
        DocumentTooLong: there are more lines than one file may have.

    Source: B-28, E-16; A13, A39.
    """
    most = PDF_LINES_MAX if form == "pdf" else LINES_MAX
    if figures.lines > most:
        raise too_long(f"{figures.lines:,} lines", most=most)
    if form != "pdf":
        return sheet_document(report_sheet(figures, language), form, STATEMENT_FORMATS)
    from tael.documents.pdf_file import set_document  # noqa: PLC0415 - loads a typesetter of 80 MB

    content = set_document(
        "report", report_data(figures, language), language, made_at=_made_at(figures)
    )
    return Document(f"{_name(figures)}.pdf", CONTENT_TYPES["pdf"], content)


def report_sheet(figures: Figures, language: Language) -> Sheet:
    """Make the table of a period: its figures above, its lines in order of effect below.

    Source: B-28, B-29, E-16.
    """
    parts: list[tuple[str, Cell]] = [
        (f"{word(f'word {part.word}', language)} ({part.lines})", part.came + part.went)
        for part in figures.parts
    ]
    return Sheet(
        name=_name(figures),
        title=word("report", language),
        facts=[
            *((word(label, language), text) for label, text in _said(figures)),
            (word("opening amount", language), figures.opening),
            (word("entries", language), figures.came),
            (word("exits", language), figures.went),
            (word("closing amount", language), figures.closing),
            *parts,
        ],
        columns=[word(name, language) for name in COLUMNS],
        rows=[_row(one, language) for one in figures.details],
        made_at=_made_at(figures),
    )


def report_data(figures: Figures, language: Language) -> dict[str, Any]:
    """Give what the printed report shows, all of it as text.

    Source: B-28, E-16.
    """
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    return {
        "words": {name: word(name, language) for name in _PRINTED},
        "title": word("report", language),
        "number": str(figures.account.number),
        "currency": figures.account.currency.code,
        "facts": [{"label": word(label, language), "text": text} for label, text in _said(figures)],
        "live": "" if figures.made else word("live", language),
        "opening": amount(figures.opening),
        "came": amount(figures.came, signed=True),
        "went": amount(figures.went, signed=True),
        "closing": amount(figures.closing),
        "parts": [
            {
                "name": word(f"word {part.word}", language),
                "lines": str(part.lines),
                "came": amount(part.came, signed=True),
                "went": amount(part.went, signed=True),
            }
            for part in figures.parts
        ],
        "lines": [
            {
                "day": f"{local(one.effective_at):%Y-%m-%d}",
                "time": f"{local(one.effective_at):%H:%M:%S}",
                "what": _what(one, language),
                "info": one.info,
                "amount": amount(one.amount, signed=True),
                "after": amount(one.after),
            }
            for one in figures.details
        ],
    }


_PRINTED: Final = (
    "opening amount",
    "entries",
    "exits",
    "closing amount",
    "what",
    "date",
    "amount",
    "after",
    "lines",
    "no detail",
    "page",
)


def _said(figures: Figures) -> list[tuple[str, str]]:
    account = figures.account
    name = customer_names([account.owner]).get(account.owner, "")
    said = [
        ("merchant", f"{name} ({account.owner})".strip()),
        ("merchant account", str(account.number)),
        ("period", _days(figures)),
        ("currency", account.currency.code),
        ("zone", zone_name()),
    ]
    if figures.made is not None:
        said.append(("made", f"{local(figures.made.made_at):%Y-%m-%d %H:%M:%S}"))
    return said


def _days(figures: Figures) -> str:
    """Say the days; where the period is open on a side, that of its first or its newest line."""
    days = [local(one.effective_at).date() for one in figures.details]
    first = figures.first or (days[0] if days else "")
    last = figures.last or (days[-1] if days else "")
    return f"{first} \N{EN DASH} {last}{_elsewhere(figures)}".strip()


def _elsewhere(figures: Figures) -> str:
    """Say how far from UTC the days of the account are, where they are not those in which its lines are dated."""
    if figures.last is None:
        return ""
    midnight = datetime.combine(figures.last + timedelta(days=1), time(), UTC)
    if local(figures.span.until).replace(tzinfo=UTC) == midnight:
        return ""
    return f" ({timezone(midnight - figures.span.until)})"


def _row(one: Detail, language: Language) -> list[Cell]:
    return [
        one.number,
        local(one.effective_at),
        word(f"word {one.word}", language),
        "" if one.document is None else str(one.document),
        one.amount,
        one.after,
        one.amount.currency.code,
        one.info,
        one.entry,
        local(one.booked_at),
    ]


def _what(one: Detail, language: Language) -> str:
    return f"{word(f'word {one.word}', language)} {one.document or ''}".strip()


def _name(figures: Figures) -> str:
    days = [str(day) for day in (figures.first, figures.last) if day is not None]
    return "-".join(["report", str(figures.account.number), *days])


def _made_at(figures: Figures) -> datetime:
    """Give the moment that the file is of: from the data, so that the same data make the same file."""
    if figures.made is not None:
        moment: datetime = figures.made.made_at
        return moment
    booked = [one.booked_at for one in figures.details]
    return max(booked, default=start_of(EPOCH))
