"""A statement as PDF for a customer's own files: PDF/A-2b, the same bytes for the same data.

Typst sets it from one template with one collection of fonts, and takes the data as JSON, so that
nothing in a text is obeyed. The only date in the file is that of the data.

Source: architecture, section 5; stack, section 2 (PDF) and gotcha 5; I-140.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from datetime import UTC
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst
from noto_cjk_sans_otc import FONT_PATH

from tael.documents.labels import word
from tael.documents.sheet import too_long
from tael.documents.wallet_statement import (
    local,
    moved_label,
    operation_name,
    other_wallet,
    zone_name,
)

if TYPE_CHECKING:
    from datetime import datetime

    from tael.documents.labels import Language
    from tael.documents.wallet_statement import WalletStatement
    from tael.money import Money
    from tael.wallet.figures import Figures
    from tael.wallet.flow import WalletLine

TEMPLATE: Final = Path(__file__).parent / "templates" / "document.typ"
STANDARD: Final = "a-2b"
LINES_MAX: Final = 1_000
"""Lines of one PDF: some forty pages, two seconds and 150 MB of memory while it is set."""
NARROW: Final = 14  # signs of an amount that leave room for a description beside four of them
LONG_WORD: Final = 16  # signs after which a word may go on in the next line
UNSHOWN: Final = "\u25a1"  # a box, for a sign that no font of ours has
BREAK: Final = "\u200b"
# of whatever script, but for those that are written without blanks and break anywhere
_LONG: Final = re.compile(rf"[^ \u200b\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]{{{2 * LONG_WORD},}}")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FONTS: Final[dict[str, tuple[str, str, str]]] = {
    "en": ("Noto Sans CJK SC", "en", "GB"),
    "zh-hans": ("Noto Sans CJK SC", "zh", "CN"),
    "zh-hant": ("Noto Sans CJK TC", "zh", "TW"),
}
_one_at_a_time: Final = threading.Lock()


def write_pdf(statement: WalletStatement, language: Language) -> bytes:
    """Write the statement as PDF.

    Raises:
        DocumentTooLong: it has more lines than one PDF may have.

    Source: I-140; reliability, T15.
    """
    if len(statement.lines) > LINES_MAX:
        raise too_long(f"{len(statement.lines):,} lines", most=LINES_MAX)
    return _document("statement", _data(statement, language), made_at=statement.made_at)


def set_document(
    template: str, data: dict[str, Any], language: Language, *, made_at: datetime
) -> bytes:
    """Set a document by a template of its own; the same data give the same bytes.

    Args:
        template: its name, as `document.typ` knows it. data: all that it shows, as text.
        made_at: the only date in the file.

    Source: architecture, section 5; I-140.
    """
    font, lang, region = _FONTS[language]
    said = data | {"font": font, "lang": lang, "region": region}
    return _document(template, said, made_at=made_at)


def _document(template: str, data: dict[str, Any], *, made_at: datetime) -> bytes:
    """Set a document. Where a mark stands on a sign of another script, no font has the two together.

    Each of them could be shown by itself, so that nobody knew before; then all stand without their marks.
    """
    timestamp = made_at.astimezone(UTC).replace(microsecond=0)
    try:
        return _set({template: _shown(data)}, timestamp=timestamp)
    except typst.TypstError:
        return _set({template: _shown(data, marks=False)}, timestamp=timestamp)


def _set(data: dict[str, Any], **options: Any) -> bytes:
    """Set one document. The process's compiler works for one thread at a time."""
    with _one_at_a_time:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            pdf_standards=STANDARD,
            **options,
        )
    assert isinstance(made, bytes), "one document, given back and not written to a file"
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        str(TEMPLATE),
        font_paths=[str(Path(str(FONT_PATH)).parent)],
        ignore_system_fonts=True,
    )


def _data(statement: WalletStatement, language: Language) -> dict[str, Any]:
    """Give what the template shows, all of it as text."""
    font, lang, region = _FONTS[language]
    figures = statement.figures
    parts = _parts(statement)
    only = word(statement.operation.word, language) if statement.operation else ""
    lines = [_line(statement, line, language) for line in statement.lines]
    opening, closing = _figures(figures.opening), _figures(figures.closing)
    widest = max(map(len, [*opening.values(), *closing.values(), *_amounts_of(lines)]))
    return {
        "wide": bool(parts) and widest > NARROW,
        "font": font,
        "lang": lang,
        "region": region,
        "words": {name: word(name, language) for name in _WORDS}
        | {name: moved_label(name, statement, language) for name in ("came", "went")},
        "title": word("statement", language),
        "wallet": str(statement.wallet.number),
        "customer": statement.customer_name,
        "customer_number": str(statement.wallet.owner),
        "currency": statement.wallet.currency.code,
        "currency_name": statement.wallet.currency.name,
        "since": statement.since.isoformat(),
        "until": statement.until.isoformat(),
        "zone": zone_name(),
        "only": only,
        "parts": parts,
        "opening": opening,
        "closing": closing,
        "came": amount(figures.came, signed=True),
        "went": amount(figures.went, signed=True),
        "lines": lines,
    }


_WORDS: Final = (
    *("wallet", "customer", "currency", "period", "zone", "only", "opening", "closing"),
    *("liquid", "locked", "frozen", "change", "date", "description"),
    *("page", "no lines", "locked note"),
)


def _parts(statement: WalletStatement) -> list[str]:
    """Tell which of locked and frozen money there is anything to say about."""
    seen = [
        statement.figures.opening,
        statement.figures.closing,
        *(line.after for line in statement.lines),
    ]
    return [name for name in ("locked", "frozen") if any(getattr(one, name) for one in seen)]


def _amounts_of(lines: list[dict[str, str]]) -> list[str]:
    return [line[name] for line in lines for name in ("change", "liquid", "locked", "frozen")]


def _figures(figures: Figures) -> dict[str, str]:
    return {
        "liquid": amount(figures.liquid),
        "locked": amount(figures.locked),
        "frozen": amount(figures.frozen),
    }


def _line(statement: WalletStatement, line: WalletLine, language: Language) -> dict[str, str]:
    record = line.record
    other = other_wallet(record, statement.wallet)
    facts = [f"{word('other', language)} {other}" if other else "", record.channel, record.sno]
    return {
        "day": local(record.effective_at).strftime("%Y-%m-%d"),
        "time": local(record.effective_at).strftime("%H:%M:%S"),
        "operation": operation_name(record, language),
        "info": record.info,
        "facts": "   ".join(fact for fact in facts if fact),
        "change": amount(line.change.liquid, signed=True) if line.change.liquid else "",
        **_figures(line.after),
    }


def amount(money: Money, *, signed: bool = False) -> str:
    """Write an amount for a reader: thousands apart, all decimals, a real minus sign.

    Source: style, part 3 (figures).
    """
    text = f"{abs(money).decimal:,.{money.currency.exponent}f}"
    if money.minor < 0:
        return f"\N{MINUS SIGN}{text}"
    return f"+{text}" if signed and money.minor > 0 else text


def _shown(data: Any, *, marks: bool = True) -> Any:
    """Put a box in the place of every sign that could not be shown, in all texts."""
    if isinstance(data, str):
        plain = data.isascii() and data.isprintable()
        text = data if plain or marks else _bare(data)
        return _LONG.sub(_breakable, text if plain else "".join(map(_sign, text)))
    if isinstance(data, dict):
        return {name: _shown(value, marks=marks) for name, value in data.items()}
    if isinstance(data, list):
        return [_shown(value, marks=marks) for value in data]
    return data


def _bare(text: str) -> str:
    """Take the marks from a text that are signs of their own; a letter that is one with its mark keeps it."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in whole if not unicodedata.category(sign).startswith("M"))


def _breakable(word: re.Match[str]) -> str:
    """Let a word without end be broken, by a mark that is not seen."""
    parts, held = [""], 0
    for sign in word[0]:
        if held >= LONG_WORD and not unicodedata.category(sign).startswith(
            "M"
        ):  # a mark stays on its sign
            parts.append("")
            held = 0
        parts[-1] += sign
        held += 1
    return BREAK.join(parts)


@lru_cache(maxsize=65_536)
def _sign(sign: str) -> str:
    """Give a sign as it can be shown: the archive's form of PDF allows none that no font has."""
    if sign.isascii() and sign.isprintable():
        return sign
    if unicodedata.category(sign) in _HIDDEN:
        return " " if sign.isspace() or sign in "\u2028\u2029" else ""
    try:
        _set({"probe": sign}, timestamp=0)
    except typst.TypstError:
        return UNSHOWN
    return sign
