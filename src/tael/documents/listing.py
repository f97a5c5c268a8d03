"""A list as a file: one declaration of its query and its columns serves both sites, the API and the terminal.

The file holds all pages of what the filter finds, read by the query of the page, and what they add up to.

Source: peers-settlement-invest A39; reliability, T15.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from tael.documents.download import SHEET_FORMATS, Document, sheet_document
from tael.documents.labels import LANGUAGES, WORDS
from tael.documents.list_words import ASKED_SORTS, ASKED_WORDS, LIST_WORDS
from tael.documents.sheet import LINES_MAX, Sheet, too_long
from tael.documents.wallet_statement import local, start_of, zone_name
from tael.money import Money
from tael.parties.queries import customer_names
from tael.settlement.registry import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tael.documents.labels import Language
    from tael.documents.sheet import Cell

Wanted = TypeVar("Wanted")
Row = TypeVar("Row")

PAGE: Final = 200
EPOCH: Final = date(2000, 1, 1)


class Said(NamedTuple):
    """A cell that is a word, in the reader's language."""

    name: str


class Merchant(NamedTuple):
    """A cell that names a merchant by his number."""

    owner: int


class KindName(NamedTuple):
    """A cell that names a kind of business by its code."""

    code: str


Value = str | int | Money | datetime | date | Said | Merchant | KindName | None


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Wanted, Row]):
    """What a list is: how it is read, and what stands in its columns.

    Args:
        name: of the file; its title is the word "list <name>".
        page: gives the rows of a filter after a place, at most so many, in the order of the page.
        place: of a row, for the next page. at: the moment of a row; the newest is the file's.
        columns: by the word of the heading.
        sums: columns of amounts that are added up by currency, above the table.
        counts: whether a row is added up, as the totals of the page do.
        states: of what sort the words of its states are, where its filter asks for one.
        inside: columns for the house only: who of it did what.
        heads: what the list is of, to stand above it: words and values.
    """

    name: str
    page: Callable[[Wanted, int, Any], Sequence[Row]]
    place: Callable[[Row], Any]
    at: Callable[[Row], datetime | None]
    columns: Mapping[str, Callable[[Row], Value]]
    sums: tuple[str, ...] = ()
    counts: Callable[[Row], bool] = lambda _row: True
    states: str = ""
    inside: frozenset[str] = frozenset()
    heads: Callable[[Wanted], Iterable[tuple[str, str]]] = lambda _wanted: ()


def list_document(
    listing: Listing[Wanted, Row],
    wanted: Wanted,
    form: str,
    language: Language,
    *,
    asked: Iterable[tuple[str, str]] = (),
    name: str = "",
    house: bool = True,
) -> tuple[Document, int]:
    """Write what a filter finds as csv or xlsx, and tell how many rows there are.

    Args:
        asked: what the rows were found by, to stand above them: fields of the filter and what they hold.
        name: of the file, where it is of one account or bill.
        house: False for a merchant, who does not see who of the house did what.

    Raises:
        FormatUnknown: in another.
        DocumentTooLong: there are more rows than one file may have.

    Source: A39; T15.
    """
    rows = read_all(listing, wanted)
    told = [(field, _chosen(listing, field, text, language)) for field, text in asked]
    above = [*listing.heads(wanted), *told]
    sheet = list_sheet(listing, rows, language, asked=above, name=name, house=house)
    return sheet_document(sheet, form, SHEET_FORMATS), len(rows)


def read_all(listing: Listing[Wanted, Row], wanted: Wanted) -> list[Row]:
    """Read all rows that a filter finds, page by page, in the order of the page.

    Raises:
        DocumentTooLong: there are more than one file may have.

    Source: A39.
    """
    rows: list[Row] = []
    after = None
    while True:
        found = listing.page(wanted, PAGE, after)
        rows += found
        if len(rows) > LINES_MAX:
            raise too_long(listing.name)
        if len(found) < PAGE:
            return rows
        after = listing.place(found[-1])


def list_sheet(
    listing: Listing[Any, Row],
    rows: Sequence[Row],
    language: Language,
    *,
    asked: Iterable[tuple[str, str]] = (),
    name: str = "",
    house: bool = True,
) -> Sheet:
    """Make the table of some rows, with what they add up to above it.

    Source: A39; T15.
    """
    columns = {
        heading: cell
        for heading, cell in listing.columns.items()
        if house or heading not in listing.inside
    }
    table = [[cell(row) for cell in columns.values()] for row in rows]
    moments = [at for at in map(listing.at, rows) if at is not None]
    return Sheet(
        name=name or listing.name,
        title=said(f"list {listing.name}", language),
        facts=[
            *((asked_word(field, language), text) for field, text in asked),
            (said("zone", language), zone_name()),
            (said("lines", language), len(rows)),
            *_totals(listing, rows, language),
        ],
        columns=[said(heading, language) for heading in columns],
        rows=_written(table, language),
        made_at=max(moments, default=start_of(EPOCH)),
    )


def said(name: str, language: Language) -> str:
    """Give a word of the lists, or of all documents.

    >>> said("payer merchant", "zh-hant"), said("lines", "en")
    ('商戶', 'Lines')
    """
    return (LIST_WORDS.get(name) or WORDS[name])[LANGUAGES.index(language)]


def asked_word(field: str, language: Language) -> str:
    """Give the word of a field of a filter.

    Source: A39.
    """
    words = ASKED_WORDS.get(field)
    return said(field, language) if words is None else words[LANGUAGES.index(language)]


def _chosen(listing: Listing[Any, Any], field: str, text: str, language: Language) -> str:
    """Say what a field holds: what was chosen from words by its word, all else as it was sent."""
    sorts = (listing.states,) if field == "state" else ASKED_SORTS.get(field, ())
    names = (f"{sort} {text}".strip() for sort in sorts)
    word = next((name for name in names if name in LIST_WORDS or name in WORDS), None)
    return text if word is None else said(word, language)


def _totals(
    listing: Listing[Any, Row], rows: Sequence[Row], language: Language
) -> list[tuple[str, Cell]]:
    """Add up the rows of the file itself, so that what stands above is what stands below."""
    sums: dict[tuple[str, str], Money] = {}
    counted = [row for row in rows if listing.counts(row)]
    for heading in listing.sums:
        for row in counted:
            amount = listing.columns[heading](row)
            assert isinstance(amount, Money)
            key = (amount.currency.code, heading)
            sums[key] = sums[key] + amount if key in sums else amount
    return [
        (f"{said('total', language)}: {said(heading, language)}, {currency}", amount)
        for (currency, heading), amount in sorted(
            sums.items(), key=lambda each: (each[0][0], listing.sums.index(each[0][1]))
        )
    ]


def _written(table: Sequence[Sequence[Value]], language: Language) -> list[list[Cell]]:
    """Write values as cells: names are read once for the whole table."""
    named = {type(value) for row in table for value in row}
    owners = {value.owner for row in table for value in row if isinstance(value, Merchant)}
    names = customer_names(owners) if owners else {}
    called = {one.code: one.names for one in kinds()} if KindName in named else {}

    def cell(value: Value) -> Cell:
        if isinstance(value, Said):
            return said(value.name, language)
        if isinstance(value, Merchant):
            return f"{names.get(value.owner, '')} ({value.owner})".strip()
        if isinstance(value, KindName):
            words = called.get(value.code, {})
            return words.get(language) or words.get("en") or value.code
        if isinstance(value, datetime):
            return local(value)
        return value.isoformat() if isinstance(value, date) else value

    return [[cell(value) for value in row] for row in table]
