"""What a list was asked for: its filters as they stand in the address.

A filter that cannot be read is left out and named on the page, so that nobody takes the list of
everything for the list that he asked for.

Source: reliability, T24; F-38.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.money import parse_amount
from tael.refusal import Refusal
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise

TEXT_MAX: Final = 100
PAGE: Final = 50
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Asked:
    """The filters of a request; those that could not be read are in `wrong`."""

    def __init__(self, request: HttpRequest) -> None:
        """Take the query of a request."""
        sent = ((name, request.GET.get(name, "").strip()[:TEXT_MAX]) for name in request.GET)
        self.query = {name: text for name, text in sent if text}
        self.wrong: list[str] = []

    def text(self, name: str) -> str:
        """Give a text as it was typed."""
        text = self.query.get(name, "")
        if _CONTROL.search(text):
            self.wrong.append(name)
            return ""
        return text

    def number(self, name: str) -> int | None:
        """Give a whole number above zero."""
        text = self.query.get(name, "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.wrong.append(name)
            return None
        return int(text)

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """Give one of the choices."""
        text = self.query.get(name, "")
        if text and text not in set(choices):
            self.wrong.append(name)
            return ""
        return text

    def day(self, name: str, *, end: bool = False) -> datetime | None:
        """Give the beginning of a day in the business zone, or of the day after it."""
        text = self.query.get(name, "")
        if not text:
            return None
        if not _DAY.fullmatch(text):
            self.wrong.append(name)
            return None
        try:
            begins = datetime.fromisoformat(text).replace(tzinfo=business_zone())
            return begins + timedelta(days=1) if end else begins
        except (ValueError, OverflowError):
            self.wrong.append(name)
            return None

    def amount(self, name: str, currency: str) -> int | None:
        """Give an amount in minor units of the currency that is asked for as well."""
        text = self.query.get(name, "")
        if not text:
            return None
        state = books.currencies().get(currency)
        if state is None:  # an amount means nothing without its currency
            self.wrong.append(name)
            return None
        try:
            return parse_amount(text, state.currency, allow_zero=True).minor
        except Refusal:
            self.wrong.append(name)
            return None

    def page(self, place: int | None) -> str:
        """Give the query of the page that begins after a place, or nothing on the last page."""
        return "" if place is None else urlencode(self.query | {"before": str(place)})


def form_of(asked: Asked, fields: Mapping[str, forms.Field]) -> forms.Form:
    """Make the form of a list's filters, filled with what was asked for."""
    form = forms.Form(initial=asked.query, auto_id="filter-%s")
    form.fields.update(fields)
    return form


def text_field(label: Label, **attributes: str) -> forms.Field:
    """Make a filter that is typed."""
    widget = forms.TextInput(attrs={"class": "input-sm", "autocomplete": "off", **attributes})
    return forms.CharField(label=label, required=False, widget=widget)


def day_field(label: Label) -> forms.Field:
    """Make a filter that is a day."""
    widget = forms.DateInput(attrs={"class": "input-sm", "type": "date"})
    return forms.CharField(label=label, required=False, widget=widget)


def choice_field(label: Label, choices: Iterable[tuple[str, Label]]) -> forms.Field:
    """Make a filter that is chosen."""
    widget = forms.Select(attrs={"class": "select-sm"})
    all_of_them = [("", _("all")), *choices]
    return forms.ChoiceField(label=label, required=False, choices=all_of_them, widget=widget)


def currency_field() -> forms.Field:
    """Make a filter of the registered currencies."""
    return choice_field(_("Currency"), [(code, code) for code in books.currencies()])
