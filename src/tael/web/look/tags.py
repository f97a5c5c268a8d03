"""The tags and filters of the templates, beside those for figures in `formats`.

Source: architecture, section 5.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from django import forms, template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from tael.web.look.chart import chart_rows
from tael.web.look.forms import key_input
from tael.web.look.menu import shown
from tael.web.look.settlement_words import DOCUMENT_PAGES
from tael.web.look.tones import state_name, tone_class

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField
    from django.utils.safestring import SafeString

    from tael.refusal import Refusal

register: Final = template.Library()
register.simple_tag(key_input, takes_context=True, name="form_key")
register.filter("tone", tone_class)
register.filter("state_name", state_name)
register.filter("chart_rows", chart_rows)

# The class that each kind of input is drawn with; what is none of these is a line of text.
CONTROLS: Final = (
    (forms.CheckboxInput, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.Select, "select w-full"),
    (forms.Textarea, "textarea w-full"),
    (forms.FileInput, "file-input w-full"),
)


@register.simple_tag
def icon(name: str, classes: str = "size-4") -> SafeString:
    """Draw an icon of our sprite; it says nothing to a reader's voice, the word beside it does."""
    return _drawn(name, classes, static("look/icons.svg"))


@lru_cache(maxsize=1000)
def _drawn(name: str, classes: str, sprite: str) -> SafeString:
    """A page shows sixty of them, the site a hundred."""
    return format_html(
        '<svg class="{} shrink-0" aria-hidden="true"><use href="{}#{}"></use></svg>',
        classes,
        sprite,
        name,
    )


@register.simple_tag
def document_address(site: str, word: str, number: int | None) -> str:
    """Give the address of what made a line of an account, empty where no page shows it."""
    name = DOCUMENT_PAGES[site].get(word)
    return reverse(f"{site}:{name}", args=[number]) if name and number else ""


@register.simple_tag(takes_context=True)
def control(context: dict[str, Any], field: BoundField) -> SafeString:
    """Draw the input of a form's field, marked where it is wrong: by the form, or by a refusal."""
    widget = field.field.widget
    classes = next((name for kind, name in CONTROLS if isinstance(widget, kind)), "input w-full")
    wrong = bool(field.errors) or refusal_of(context, field) is not None
    attributes: dict[str, Any] = {
        "class": f"{classes} {widget.attrs.get('class', '')}".strip(),
    }
    described = []
    if wrong:
        attributes["class"] += f" {classes.split()[0]}-error"
        attributes["aria-invalid"] = "true"
        described.append(f"{field.id_for_label}-wrong")
    if field.help_text:
        described.append(f"{field.id_for_label}-help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)


@register.simple_tag(takes_context=True)
def refusal_of(context: dict[str, Any], field: BoundField) -> Refusal | None:
    """Give the page's refusal if it is about this field."""
    refusal: Refusal | None = context.get("refusal") or None
    return refusal if refusal is not None and refusal.field == field.name else None


@register.filter
def cause(refusal: Refusal) -> str:
    """Say a refusal in the reader's language.

    The message names the very thing and is English. In another language its cause is said, which is
    one sentence of each sort of refusal and can be translated; what is there stands beside it.
    """
    if (get_language() or "en").startswith("en"):
        return refusal.message
    known = first_sentence(type(refusal))
    said = gettext(known) if known else ""
    return refusal.message if said in {"", known} else said


@register.filter
def remedy(refusal: Refusal) -> str:
    """Say in the reader's language what can be done about a refusal."""
    return gettext(refusal.remedy) if refusal.remedy else ""


def first_sentence(refusal: type[Refusal]) -> str:
    """Give the cause of a sort of refusal: the first paragraph of what its class says of itself."""
    return " ".join((refusal.__doc__ or "").strip().partition("\n\n")[0].split())


@register.simple_tag(takes_context=True)
def ways(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the menu of the site that the page belongs to, for whoever is signed in."""
    site = context.get("site", "")
    if site not in {"portal", "backoffice"}:
        return []
    menu = import_module(f"tael.web.{site}.menu")
    return shown(menu.MENU, context["request"], context.get("staff"), context.get("visitor"))
