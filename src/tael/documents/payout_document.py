"""A payout explained to the cent as a document, in the reader's language.

Source: B-35, B-38, E-15; peers-settlement-invest A32, A39.
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
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local
from tael.settlement.payouts.payout_explained import payout_explained

if TYPE_CHECKING:
    from tael.documents.labels import Language
    from tael.documents.sheet import Cell
    from tael.settlement.accounts.account_details import Detail
    from tael.settlement.payouts.payout_explained import Explained
    from tael.settlement.payouts.withdrawal_search import WithdrawalSeen

PDF_LINES_MAX: Final = 1_000
LINE_COLUMNS: Final = ("effective", "what", "document", "amount", "after", "currency", "info")


def payout_document(seen: WithdrawalSeen, form: str, language: Language) -> tuple[Document, int]:
    """Write one payout with all lines that explain it as PDF, xlsx or csv; tells how many lines there are.

    The same payout gives the same bytes as long as nothing happens to it.

    Raises:
        FormatUnknown: in another.
        DocumentTooLong: there are more lines than one file may have.

    Source: A32, A39.
    """
    most = PDF_LINES_MAX if form == "pdf" else LINES_MAX
    found = payout_explained(seen, limit=most)
    if found.lines > most:
        raise too_long(f"{found.lines:,} lines", most=most)
    if form != "pdf":
        sheet = payout_sheet(seen, found, language)
        return sheet_document(sheet, form, STATEMENT_FORMATS), found.lines
    from tael.documents.pdf_file import set_document  # noqa: PLC0415 - loads a typesetter of 80 MB

    data = payout_data(seen, found, language)
    content = set_document("report", data, language, made_at=seen.row.applied_at)
    return Document(f"{_name(seen)}.pdf", CONTENT_TYPES["pdf"], content), found.lines


def payout_sheet(seen: WithdrawalSeen, found: Explained, language: Language) -> Sheet:
    """Make the table of a payout: how it adds up above, the lines below.

    Source: A32.
    """
    figures: list[tuple[str, Cell]] = [
        (word("left after last payout", language), found.opening),
        *(
            (f"{word(f'word {part.word}', language)} ({part.lines})", part.came + part.went)
            for part in found.parts
        ),
        (word("was there", language), found.there),
        (word("this payout", language), -found.amount),
        (word("left", language), found.left),
        (word("fee", language), found.fee),
        (word("paid out", language), found.net),
    ]
    return Sheet(
        name=_name(seen),
        title=f"{word('payout', language)} {seen.row.pk}",
        facts=[*((word(label, language), text) for label, text in _said(seen)), *figures],
        columns=[word(name, language) for name in LINE_COLUMNS],
        rows=[_line(one, language) for one in found.details],
        made_at=local(seen.row.applied_at),
    )


def payout_data(seen: WithdrawalSeen, found: Explained, language: Language) -> dict[str, Any]:
    """Give what the printed payout shows, all of it as text.

    Source: A32.
    """
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    words = {
        name: word(name, language) for name in ("what", "date", "amount", "after", "lines", "page")
    }
    return {
        "words": {
            **words,
            "no detail": word("no detail", language),
            "opening amount": word("left after last payout", language),
            "entries": word("entries", language),
            "exits": word("exits", language),
            "closing amount": word("left", language),
        },
        "title": word("payout", language),
        "number": str(seen.row.pk),
        "currency": seen.account.currency.code,
        "facts": [
            {"label": word(label, language), "text": text}
            for label, text in (
                *_said(seen),
                ("was there", amount(found.there)),
                ("this payout", amount(-found.amount, signed=True)),
                ("fee", amount(found.fee)),
                ("paid out", amount(found.net)),
            )
        ],
        "live": "",
        "opening": amount(found.opening),
        "came": amount(found.came, signed=True),
        "went": amount(found.went - found.amount, signed=True),
        "closing": amount(found.left),
        "parts": [*_parts(found, language), _this_one(found, language)],
        "lines": [_printed(one, language) for one in found.details],
    }


def _parts(found: Explained, language: Language) -> list[dict[str, str]]:
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    return [
        {
            "name": word(f"word {part.word}", language),
            "lines": str(part.lines),
            "came": amount(part.came, signed=True),
            "went": amount(part.went, signed=True),
        }
        for part in found.parts
    ]


def _this_one(found: Explained, language: Language) -> dict[str, str]:
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    return {
        "name": word("this payout", language),
        "lines": "1",
        "came": amount(found.amount - found.amount, signed=True),
        "went": amount(-found.amount, signed=True),
    }


def _printed(one: Detail, language: Language) -> dict[str, str]:
    from tael.documents.pdf_file import amount  # noqa: PLC0415 - loads a typesetter

    return {
        "day": f"{local(one.effective_at):%Y-%m-%d}",
        "time": f"{local(one.effective_at):%H:%M:%S}",
        "what": f"{word(f'word {one.word}', language)} {one.document or ''}".strip(),
        "info": one.info,
        "amount": amount(one.amount, signed=True),
        "after": amount(one.after),
    }


def _said(seen: WithdrawalSeen) -> list[tuple[str, str]]:
    said = [
        ("merchant", f"{seen.merchant} ({seen.account.owner})".strip()),
        ("merchant account", str(seen.account.number)),
        ("currency", seen.account.currency.code),
        ("applied", f"{local(seen.row.applied_at):%Y-%m-%d %H:%M:%S}"),
    ]
    if seen.row.flow_number:
        said.append(("flow number", seen.row.flow_number))
    return said


def _line(one: Detail, language: Language) -> list[Cell]:
    return [
        local(one.effective_at),
        word(f"word {one.word}", language),
        "" if one.document is None else str(one.document),
        one.amount,
        one.after,
        one.amount.currency.code,
        one.info,
    ]


def _name(seen: WithdrawalSeen) -> str:
    return f"payout-{seen.row.pk}"
