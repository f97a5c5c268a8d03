"""Reading a JSON body strictly: one meaning or none.

Refused are other content types, more than 1 MB, anything but one UTF-8 JSON object, a name that
stands twice, and numbers that JSON does not have. What a field may hold is the schema's to say.

Source: reliability, M6, T11, T23.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

import orjson
from ninja.parser import Parser

from tael.api.problem import DoorRefusal

if TYPE_CHECKING:
    from django.http import HttpRequest

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 32
MAX_NAMES: Final = 1_000
"""Of one object: each that a schema does not know is a fault of its own to be told."""
JSON: Final = "application/json"


class BodyTooLarge(DoorRefusal):
    """The body is larger than a request may be."""

    code = "body_too_large"
    rule = "T23"
    status: ClassVar[int] = 413
    remedy = "Send it in several requests."


class NotJson(DoorRefusal):
    """The body is declared as something else than JSON."""

    code = "content_type_refused"
    rule = "M6"
    status: ClassVar[int] = 415
    remedy = "Send JSON with the header Content-Type: application/json."


class BodyMalformed(DoorRefusal):
    """The body is no JSON object, or one that readers could understand differently."""

    code = "body_malformed"
    rule = "M6"
    status: ClassVar[int] = 400
    remedy = "Send one JSON object in UTF-8, each name once."


class OnceParser(Parser):
    """Hands ninja the body that the gate has read already."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Give the object that was read."""
        body: dict[str, Any] = request.call.body  # type: ignore[attr-defined]
        return body


def check_length(request: HttpRequest, most: int = MAX_BYTES) -> None:
    """Refuse a body by its declared length, before a byte of it is read.

    Args:
        most: bytes; 1 MB but for files.

    Raises:
        BodyTooLarge: more than that.
    """
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise BodyTooLarge(
            "The body is too large.", there=f"{declared[:20]} bytes", allowed=f"{most} bytes"
        )


def read_body(request: HttpRequest) -> dict[str, Any]:
    """Read the one JSON object of a request.

    Raises:
        NotJson, BodyTooLarge, BodyMalformed.

    Source: M6.
    """
    declared = request.META.get("CONTENT_TYPE", "")
    if declared != JSON and not _is_json(declared):
        raise NotJson("The body is not declared as JSON.", there=ascii(declared)[:80], allowed=JSON)
    check_length(request)
    return parse_object(request.body)


def parse_object(raw: bytes) -> dict[str, Any]:
    r"""Read one JSON object in which every name stands once.

    Raises:
        BodyMalformed: it is something else.

    >>> parse_object(b'{"a": "1"}')
    {'a': '1'}
    >>> parse_object(b'{"a": "1", "\\u0061": "2"}')
    Traceback (most recent call last):
    tael.api.body.BodyMalformed: A name stands twice in the body: 'a'.
    """
    try:
        # refuses what json.loads lets through: NaN, lone surrogates, other encodings, endless depth
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = f"The body is no JSON: {error.msg} at character {error.pos}."
        raise BodyMalformed(message) from error
    if not isinstance(value, dict):
        raise BodyMalformed("The body is no JSON object.", there=type(value).__name__)
    _check_depth(value, MAX_DEPTH)
    try:
        checked: dict[str, Any] = json.loads(raw, object_pairs_hook=_once, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("The body is no JSON that can be kept exactly.") from error
    return checked


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_NAMES:
        message = "An object in the body has too many names."
        raise BodyMalformed(message, there=str(len(pairs)), allowed=f"at most {MAX_NAMES}")
    facts = dict(pairs)
    if len(facts) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise BodyMalformed(f"A name stands twice in the body: {ascii(twice)[:60]}.")
    return facts


def _short_int(digits: str) -> int:
    """Read a whole number; one of thousands of digits is no number of anything here."""
    return int(digits) if len(digits) <= 40 else _no_such_number()


def _no_such_number() -> NoReturn:
    raise BodyMalformed("A number in the body is too long.")


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise BodyMalformed("The body is nested too deeply.", allowed=f"{MAX_DEPTH} levels")
    if isinstance(value, dict):
        for part in value.values():
            if isinstance(part, dict | list):
                _check_depth(part, left - 1)
    elif isinstance(value, list):
        for part in value:
            if isinstance(part, dict | list):
                _check_depth(part, left - 1)


def _is_json(declared: str) -> bool:
    kind, _, parameter = declared.partition(";")
    charset = parameter.strip().lower().replace('"', "")
    return kind.strip().lower() == JSON and charset in {"", "charset=utf-8"}
