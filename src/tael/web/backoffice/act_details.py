"""What an act of the audit trail says beside who, what and when, as lines of text.

Source: reliability I31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SIDES: Final = {"before": _("before"), "after": _("after")}
UNSAID: Final = frozenset({"request"})  # the key of a form, which tells a reader nothing


def details_of(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the facts of an act by name; those inside others are named with them, "before name"."""
    return list(_flat(dict(sorted(details.items(), key=_before_first)), ""))


def _before_first(fact: tuple[str, Any]) -> bool:
    """Sort what was so before to the front; the database keeps the names of facts by their length."""
    return fact[0] != "before"


def _flat(details: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in details.items():
        if name in UNSAID:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{SIDES.get(name, name)} ")
        elif isinstance(value, list):
            yield f"{prefix}{name}".replace("_", " "), ", ".join(str(one) for one in value) or "-"
        elif value is None or value == "":
            yield f"{prefix}{name}".replace("_", " "), "-"
        else:
            yield f"{prefix}{name}".replace("_", " "), str(value)
