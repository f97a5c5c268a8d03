"""Asking a business system for its acts: signed GETs for one day, page after page, within bounds.

Whatever the other side does, it ends: an answer takes 15 seconds at most and has 4 MB at most, a day has
1,000 pages and 200,000 acts at most, a page that repeats its cursor ends the question. It is asked again
three times when it does not answer or says that it is busy. Redirects are not followed, and addresses
in private networks are not asked unless the operator allows it.

Source: B-14; A6; reliability T25; OWASP API10.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tael import books
from tael.settlement.asking.signed_ask import SECONDS, AnswerMalformed, NoAnswer, SignedAsk, utc_now
from tael.settlement.completeness.source_adapter import ListMalformed, SourceUnanswered
from tael.settlement.records.listed_act import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

PAGE_ACTS: Final = 1000
PAGES_MAX: Final = 1000
ACTS_MAX: Final = 200_000
PAUSES: Final = (1.0, 4.0)
"""Seconds before the second and the third try."""
_CURSOR: Final = re.compile(r"[!-~]{1,500}")


@dataclass(frozen=True, slots=True)
class HttpAdapter:
    """Asks one business system.

    Args:
        seconds: for one answer. pauses: before each further try.
        clock: tells the time that is signed. sleep: waits.
    """

    source: str
    address: str
    secret: str = field(repr=False)
    seconds: float = SECONDS
    pauses: tuple[float, ...] = PAUSES
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def acts_of(self, day: date) -> list[Listed]:
        """Give all acts of a day. Not inside a transaction.

        Raises:
            SourceUnanswered, ListMalformed: nothing can be said about this day.

        Source: B-14; T25.
        """
        assert not books.in_transaction(), "a business system is never asked inside a transaction"
        acts: list[Listed] = []
        cursor, seen = "", set[str]()
        for page in range(1, PAGES_MAX + 1):
            told = self._page(day, cursor, page)
            acts += [_listed(fact, page, place) for place, fact in enumerate(_acts(told, page), 1)]
            if len(acts) > ACTS_MAX:
                _malformed(f"The list of {day} has more than {ACTS_MAX} acts.", page)
            cursor = _cursor(told, page)
            if not cursor:
                return acts
            if cursor in seen:
                _malformed(f"The list of {day} repeats a cursor and has no end.", page)
            seen.add(cursor)
        return _malformed(f"The list of {day} has more than {PAGES_MAX} pages.", PAGES_MAX)

    def _page(self, day: date, cursor: str, page: int) -> Mapping[str, Any]:
        query = {"from": day.isoformat(), "to": day.isoformat(), "limit": str(PAGE_ACTS)}
        if cursor:
            query["cursor"] = cursor
        asking = SignedAsk(
            self.source,
            self.address,
            self.secret,
            seconds=self.seconds,
            pauses=self.pauses,
            clock=self.clock,
            sleep=self.sleep,
        )
        try:
            return asking.ask(query)
        except AnswerMalformed as why:
            return _malformed(f"The answer is {why}.", page)
        except NoAnswer as ended:
            message = f"{self.source} gave no list."
            if ended.barred:
                message = f"{self.source} cannot be asked: {ended.barred}"
            raise SourceUnanswered(message, field="source", there=ended.there) from None


def _acts(told: Mapping[str, Any], page: int) -> list[Any]:
    acts = told.get("acts")
    if not isinstance(acts, list):
        _malformed("The answer has no list `acts`.", page)
    if len(acts) > PAGE_ACTS:
        _malformed(f"A page has more than {PAGE_ACTS} acts, the limit that was asked for.", page)
    return acts


def _listed(told: Any, page: int, place: int) -> Listed:
    where = f"page {page}, act {place}"
    return Listed(where, told if isinstance(told, dict) else {"kind": told})


def _cursor(told: Mapping[str, Any], page: int) -> str:
    cursor = told.get("next")
    if cursor is None or cursor == "":
        return ""
    if not isinstance(cursor, str) or not _CURSOR.fullmatch(cursor):
        _malformed("`next` is no cursor of 1 to 500 visible ASCII characters.", page)
    return cursor


def _malformed(message: str, page: int) -> NoReturn:
    raise ListMalformed(message, field="source", there=f"page {page}")
