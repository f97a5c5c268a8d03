"""A signed question over HTTP to a system that the operator has named, within bounds whatever it answers.

An answer takes 15 seconds and has 4 MB at most. Redirects are not followed, and addresses in private
networks are not asked unless the operator allows it. The address is looked up each time, and connected to
as it was looked at.

Source: B-14; A6, A7; reliability T25; OWASP API10.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlencode

from tael.outbox.address import resolve
from tael.outbox.send import Question, Reply, exchange
from tael.refusal import Refusal
from tael.settlement.asking.source_address import private_sources_allowed
from tael.settlement.asking.source_signature import signed_source_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SECONDS: Final = 15.0
ANSWER_BYTES: Final = 4 * 1024 * 1024
AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class NoAnswer(Exception):  # noqa: N818 - it is no refusal: who asks says what it means
    """The system gave no answer.

    Args:
        there: how the question ended. barred: why it was not even sent; "" where it was.
    """

    def __init__(self, there: str, barred: str = "") -> None:
        """Keep both."""
        super().__init__(there)
        self.there, self.barred = there, barred


class AnswerMalformed(Exception):  # noqa: N818 - as above
    """What it gave is no JSON object within the bounds; says why."""


def utc_now() -> datetime:
    """Tell the time that a signature is of."""
    return datetime.now(UTC)  # noqa: TID251 - a signature is of the moment it is sent in


@dataclass(frozen=True, slots=True)
class SignedAsk:
    """Asks one system.

    Args:
        name: as which it knows who is asked. seconds: for one answer. pauses: before each further try.
        clock: tells the time that is signed. sleep: waits.
    """

    name: str
    address: str
    secret: str = field(repr=False)
    seconds: float = SECONDS
    pauses: tuple[float, ...] = ()
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def ask(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Ask once, and again after each pause where nothing is answered or the other side is busy.

        Raises:
            NoAnswer, AnswerMalformed.

        Source: T25.
        """
        joint = "&" if "?" in self.address else "?"
        body = self._ask(f"{self.address}{joint}{urlencode(query)}")
        if len(body) > ANSWER_BYTES:
            raise AnswerMalformed(f"too long: above {ANSWER_BYTES} bytes")
        try:
            told = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise AnswerMalformed("no JSON in UTF-8") from None
        if not isinstance(told, dict):
            raise AnswerMalformed("no JSON object")
        return told

    def _ask(self, url: str) -> bytes:
        problem = ""
        for pause in (0.0, *self.pauses):
            if pause:
                self.sleep(pause)
            try:
                status, body, _ = self._ask_once(url)
            except (OSError, http.client.HTTPException, ValueError) as failure:
                problem = f"{type(failure).__name__}: {failure}"[:200]
                continue
            if status == http.client.OK:
                return body
            problem = f"status {status}"
            if status not in AGAIN:
                break
        raise NoAnswer(problem)

    def _ask_once(self, url: str) -> Reply:
        try:
            target = resolve(url, private=private_sources_allowed())
        except Refusal as refusal:
            raise NoAnswer(refusal.there or "", refusal.message) from None
        headers = signed_source_headers(
            source=self.name, secret=self.secret, target=target.path, at=self.clock()
        )
        question = Question("GET", b"", headers, most=ANSWER_BYTES + 64 * 1024, whole=True)
        return exchange(target, question, seconds=self.seconds)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
