"""What a list is asked for in its address: filters, and where the page begins.

An empty field filters nothing. What cannot be read is refused by the field's name: a filter that was
silently left out would show a list that looks like an answer.

Source: peers-settlement-invest, section 4.3 (filters in the URL); reliability, T14.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar
from urllib.parse import urlencode

from tael import books
from tael.money import parse_amount
from tael.refusal import Refusal
from tael.wallet.operation import Operation
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tael.money import Money

Word = TypeVar("Word", bound=str)

TEXT_MAX: Final = 128
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2999
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class FilterMalformed(Refusal):
    """A field of a list's filter, or of a form, holds something that cannot be asked for."""

    code = "filter_malformed"
    rule: ClassVar[str] = "E-03"
    remedy = "Correct the field, or empty it."


class Asked:
    """The fields of a list's address."""

    def __init__(self, sent: Mapping[str, str], names: Collection[str]) -> None:
        """Take the fields of these names, without blanks at the ends."""
        self.fields = {name: sent.get(name, "").strip() for name in names}

    def __getitem__(self, name: str) -> str:
        """Give a field as it was sent; a template shows it again."""
        return self.fields[name]

    @property
    def filtered(self) -> bool:
        """Tell whether something is left out."""
        return any(self.fields.values())

    def query(self, **further: object) -> str:
        """Write the fields that hold something, and further ones, as the query of an address."""
        fields = {**self.fields, **further}
        return urlencode({name: value for name, value in fields.items() if value not in {"", None}})

    def text(self, name: str) -> str:
        """Give a short text."""
        text = self.fields[name]
        if len(text) > TEXT_MAX or _CONTROL.search(text):
            raise malformed(name, text, f"up to {TEXT_MAX} characters of text")
        return text

    def number(self, name: str) -> int | None:
        """Give a whole number."""
        text = self.fields[name]
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise malformed(name, text, "a whole number from 0 to 999999999999999999")
        return int(text)

    def word(self, name: str, words: Collection[Word]) -> Word | None:
        """Give one of some words."""
        text = self.fields[name]
        if not text:
            return None
        found = next((word for word in words if word == text), None)
        if found is None:
            raise malformed(name, text, ", ".join(words))
        return found

    def operation(self, name: str = "operation") -> Operation | None:
        """Give one of the seven operations."""
        words = {operation.word: operation for operation in Operation}
        word = self.word(name, words)
        return None if word is None else words[word]

    def currency(self, name: str = "currency") -> str:
        """Give the code of a registered currency, one that is switched off as well."""
        return self.word(name, books.currencies()) or ""

    def day(self, name: str) -> date | None:
        """Give a day. The last one of a time, "until", is not before its first, "since"."""
        text = self.fields[name]
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise malformed(name, text, "a day, as 2026-03-01")
        first = self.day("since") if name == "until" and "since" in self.fields else None
        if first is not None and day < first:
            raise malformed(name, text, f"{first} or later")
        return day

    def begin_of(self, name: str) -> datetime | None:
        """Give the moment at which a day begins in the business zone."""
        day = self.day(name)
        return None if day is None else begin_of_day(day)

    def end_of(self, name: str) -> datetime | None:
        """Give the moment at which the day after begins."""
        day = self.day(name)
        return None if day is None else begin_of_day(day + timedelta(days=1))

    def amount(self, name: str, currency: str) -> Money | None:
        """Give an amount in the currency that is asked for."""
        text = self.fields[name]
        if not text:
            return None
        if not currency:
            raise malformed("currency", "", "a currency, where amounts are asked for")
        unit = books.currencies()[currency].currency
        return parse_amount(text, unit, field=name, allow_zero=True)

    def minor(self, name: str, currency: str) -> int | None:
        """Give an amount in minor units of the currency that is asked for."""
        amount = self.amount(name, currency)
        return None if amount is None else amount.minor


def begin_of_day(day: date) -> datetime:
    """Give the moment at which a day begins in the business zone."""
    return datetime.combine(day, time.min, tzinfo=business_zone())


def malformed(name: str, text: str, allowed: str) -> FilterMalformed:
    """Say which field cannot be read, and what it may hold."""
    message = f"The filter {name} cannot be read."
    there = repr(text)[1:-1][:60] or None
    return FilterMalformed(message, field=name, there=there, allowed=allowed)
