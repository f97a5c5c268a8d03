"""A list under a form of filters: read from its address, with the place where its next page begins.

A filter that cannot be read is refused beside its field, and nothing is listed: nobody takes the list
of everything for the list that he asked for.

Source: reliability, T24; F-38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tael import books
from tael.refusal import Refusal
from tael.web.backoffice.page import STATUS, rendered
from tael.web.look.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from tael.web.backoffice.page import Staff

    Label = str | _StrPromise
    Fields = Mapping[str, forms.Field]

Row = TypeVar("Row")

PAGE: Final = 50


def list_facts(
    sent: Mapping[str, str],
    fields: Fields,
    *,
    read: Callable[[Asked, int | None], list[Row]],
    shown: Callable[[list[Row]], list[Any]],
) -> dict[str, Any]:
    """Give what a list's page shows; with a `refusal` in it where the address cannot be read.

    Args:
        read: gives up to `PAGE` + 1 rows of what is asked for, behind the number of the last one seen.
        shown: makes the lines of the page from the rows of it.
    """
    asked = Asked(sent, fields)
    facts = {
        "rows": [],
        "filters": _form(asked, fields),
        "filtered": asked.filtered,
        "first_address": f"?{asked.query()}",
        "refusal": None,
    }
    try:
        before = Asked(sent, ("before",)).number("before")
        rows = read(asked, before)
    except Refusal as refusal:
        return facts | {"refusal": refusal}
    onward = asked.query(before=rows[PAGE - 1].pk) if len(rows) > PAGE else ""  # type: ignore[attr-defined]
    return facts | {"rows": shown(rows[:PAGE]), "next": onward, "first": before is not None}


def list_page(
    request: HttpRequest,
    staff: Staff,
    template: str,
    facts: Mapping[str, Any],
) -> HttpResponse:
    """Render a page with the facts of `list_facts`, refused where they are."""
    refusal = facts["refusal"]
    status = 200 if refusal is None else STATUS[refusal.because]
    return rendered(request, template, facts, staff=staff, status=status)


def text_field(label: Label, **attributes: Label) -> forms.Field:
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


def _form(asked: Asked, fields: Fields) -> forms.Form:
    form = forms.Form(initial=asked.fields, auto_id="filter-%s")
    form.fields.update(fields)
    return form
