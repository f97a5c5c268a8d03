"""Asking a business system for its acts: signed GETs for one day, page after page, within bounds.

Whatever the other side does, it ends: an answer takes 15 seconds at most and has 4 MB at most, a day has
1,000 pages and 200,000 acts at most, a page that repeats its cursor ends the question. It is asked again
three times when it does not answer or says that it is busy. Redirects are not followed, and addresses
in private networks are not asked unless the operator allows it.

Source: B-14; A6; reliability T25; OWASP API10.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlencode

from tael import books
from tael.outbox.address import resolve
from tael.outbox.send import Question, exchange
from tael.refusal import Refusal
from tael.settlement.listed_act import Listed
from tael.settlement.source_adapter import ListMalformed, SourceUnanswered
from tael.settlement.source_address import private_sources_allowed
from tael.settlement.source_signature import signed_source_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

SECONDS: Final = 15.0
PAGE_ACTS: Final = 1000
PAGE_BYTES: Final = 4 * 1024 * 1024
PAGES_MAX: Final = 1000
ACTS_MAX: Final = 200_000
PAUSES: Final = (1.0, 4.0)
"""Seconds before the second and the third try."""
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_CURSOR: Final = re.compile(r"[!-~]{1,500}")


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a signature is of the moment it is sent in


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
    clock: Callable[[], datetime] = _now
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
        joint = "&" if "?" in self.address else "?"
        body = self._ask(f"{self.address}{joint}{urlencode(query)}")
        try:
            told = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            return _malformed("The answer is no JSON in UTF-8.", page)
        if not isinstance(told, dict):
            _malformed("The answer is no JSON object.", page)
        return told

    def _ask(self, url: str) -> bytes:
        problem = ""
        for pause in (0.0, *self.pauses):
            if pause:
                self.sleep(pause)
            try:
                status, body = self._ask_once(url)
            except (OSError, http.client.HTTPException, ValueError) as failure:
                problem = f"{type(failure).__name__}: {failure}"[:200]
                continue
            if status == http.client.OK:
                if len(body) > PAGE_BYTES:
                    message = "A page of the list is too long."
                    raise ListMalformed(message, there=f"above {PAGE_BYTES} bytes")
                return body
            problem = f"status {status}"
            if status not in AGAIN:
                break
        message = f"{self.source} gave no list."
        raise SourceUnanswered(message, field="source", there=problem)

    def _ask_once(self, url: str) -> tuple[int, bytes]:
        """Ask once; the address is looked up each time, and connected to as it was looked at."""
        try:
            target = resolve(url, private=private_sources_allowed())
        except Refusal as refusal:
            message = f"{self.source} cannot be asked: {refusal.message}"
            raise SourceUnanswered(message, field="source", there=refusal.there) from None
        headers = signed_source_headers(
            source=self.source, secret=self.secret, target=target.path, at=self.clock()
        )
        question = Question("GET", b"", headers, most=PAGE_BYTES + 64 * 1024, whole=True)
        return exchange(target, question, seconds=self.seconds)


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


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _malformed(message: str, page: int) -> NoReturn:
    raise ListMalformed(message, field="source", there=f"page {page}")
