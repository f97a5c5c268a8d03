"""Why a row of a file was refused, in the reader's language.

What is kept is the refusal in English with its code, for files and programs. A page says its cause in
the reader's language and leaves what is there and what would be allowed.

Source: F-38 (a refusal says everything); I-03; reliability, T15.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.translation import get_language, gettext

from tael.refusal import Refusal
from tael.web.look.bounds import in_words
from tael.web.look.tags import first_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT: Final = re.compile(
    r"(?P<message>.*?)(?: There: (?P<there>.*?)\.)?(?: Allowed: (?P<allowed>.*)\.)?"
)

UNFIT: Final = re.compile(r"Row \d+: (?P<column>\w+) is not what was sent\.")


class Judged(Protocol):
    """A row with its verdict: the code of the refusal, and the refusal as it was kept."""

    code: str
    reason: str


def said_verdict(row: Judged) -> str:
    """Say why a row was refused; "" where it was not."""
    reason = row.reason.removeprefix(f"{row.code}: ")
    known = _causes().get(row.code, "")
    said = gettext(known) if known else ""
    if (get_language() or "en").startswith("en") or said in {"", known}:
        return reason
    parts = KEPT.fullmatch(reason)
    assert parts is not None, "the pattern takes every text"
    return _told(said, parts["there"], parts["allowed"])


def said_answer(reason: str) -> str:
    """Say why a row of the bank's answer was refused; what the bank itself wrote stays as it is."""
    parts = KEPT.fullmatch(reason)
    unfit = None if parts is None else UNFIT.fullmatch(parts["message"])
    if (get_language() or "en").startswith("en") or parts is None or unfit is None:
        return reason
    said = gettext("{0} is not what was sent").format(unfit["column"])
    return _told(said, parts["there"], parts["allowed"])


def _told(said: str, there: str | None, allowed: str | None) -> str:
    told = [said]
    if there:
        told.append(f"{gettext('There is')}: {in_words(there)}")
    if allowed:
        told.append(f"{gettext('Allowed')}: {in_words(allowed)}")
    return " · ".join(told)


@cache
def _causes() -> dict[str, str]:
    """Give the cause of every sort of refusal by its code."""
    return {sort.code: first_sentence(sort) for sort in _sorts(Refusal)}


def _sorts(of: type[Refusal]) -> Iterator[type[Refusal]]:
    for sort in of.__subclasses__():
        if "code" in vars(sort):
            yield sort
        yield from _sorts(sort)
