"""What a refusal looks like over HTTP: problem+json (RFC 9457) with a stable code.

One table gives the status of each sort of no. Nothing here ever shows a traceback.

Source: architecture, section 5; reliability, section 6 (errors).
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson
from django.http import HttpResponse

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTENT_TYPE: Final = "application/problem+json"

STATUS: Final[dict[Because, int]] = {
    "invalid": 422,
    "absent": 404,
    "conflict": 409,
    "forbidden": 403,
    "busy": 503,
    "too_often": 429,
}
STATUS_OF_CODE: Final[dict[str, int]] = {
    "key_reused": 422,  # draft-ietf-httpapi-idempotency-key-header
    "key_in_flight": 409,  # the same
    "cursor_malformed": 400,  # part of the query, as an unknown parameter is
    "notice_refused": 401,  # a signature is the gateway's way to say who it is
    "notice_unsigned": 401,
    "notice_forged": 401,
    "notice_untimely": 401,
    "notice_for_another": 401,
    "notice_from_other_environment": 401,
    "unknown_currency": 422,  # a field of the request, never a thing with an address of its own
}
WAITING: Final = frozenset({"busy", "too_often"})
OF_THE_PROGRAM: Final = (AttributeError, NameError, TypeError, ImportError)
"""Exceptions that speak of names in the code and never of values."""

logger: Final = logging.getLogger("tael.api")


class DoorRefusal(Refusal):
    """The request did not get as far as the domain: HTTP has a status of its own for why."""

    status: ClassVar[int]


class InternalFault(DoorRefusal):
    """Something is wrong on the server's side. What was asked may or may not have been done."""

    code = "internal_fault"
    because: ClassVar[Because] = "busy"
    status: ClassVar[int] = 500
    remedy = "Send the same request again under the same key; tell the operator the request id."
    retry = True


class DatabaseUnavailable(DoorRefusal):
    """The database cannot be reached, or did not answer in time."""

    code = "database_unavailable"
    because: ClassVar[Because] = "busy"
    status: ClassVar[int] = 503
    remedy = "Wait a second and send the same request again, under the same key."
    retry = True


class NoSuchAddress(DoorRefusal):
    """The API has nothing at this address."""

    code = "no_such_address"
    because: ClassVar[Because] = "absent"
    status: ClassVar[int] = 404
    remedy = "See /api/v1/docs for the addresses that there are."


class MethodNotAllowed(DoorRefusal):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status: ClassVar[int] = 405
    remedy = "Use one of the methods in the Allow header."


class RequestInvalid(Refusal):
    """Fields are missing, unknown, or not of their type; each is named in `errors`."""

    code = "request_invalid"
    rule = "T11"
    remedy = "Correct the named fields; /api/v1/docs has the form of each request."

    def __init__(self, errors: Sequence[dict[str, str]]) -> None:
        """Keep the errors; a single one also names its field at the top."""
        many = f"{len(errors)} fields are wrong: " + ", ".join(e["field"] for e in errors[:10])
        message = errors[0]["detail"] if len(errors) == 1 else many
        super().__init__(message, field=errors[0]["field"] if len(errors) == 1 else None)
        self.errors = list(errors)


def status_of(refusal: type[Refusal] | Refusal) -> int:
    """Give the HTTP status of a refusal."""
    kind = refusal if isinstance(refusal, type) else type(refusal)
    if issubclass(kind, DoorRefusal):
        return kind.status
    return STATUS_OF_CODE.get(kind.code) or STATUS[kind.because]


def title_of(refusal: type[Refusal]) -> str:
    """Give the first sentence of a refusal's description: the same for every one of its kind."""
    first = (refusal.__doc__ or refusal.code).strip().split("\n\n", 1)[0]
    return " ".join(first.split())


def facts_of(refusal: Refusal, *, request_id: str) -> dict[str, Any]:
    """Give the problem as the wire carries it."""
    facts: dict[str, Any] = {
        "type": f"urn:tael:refusal:{refusal.code}",
        "title": title_of(type(refusal)),
        "status": status_of(refusal),
        **refusal.as_dict(),
        "request_id": request_id,
    }
    if isinstance(refusal, RequestInvalid):
        facts["errors"] = refusal.errors
    return facts


def problem(refusal: Refusal, *, request_id: str) -> HttpResponse:
    """Turn a refusal into its answer."""
    facts = facts_of(refusal, request_id=request_id)
    # a refused text may hold a lone surrogate, which no JSON can carry
    text = orjson.dumps(facts, default=str) if _is_plain(facts) else orjson.dumps(_plain(facts))
    response = HttpResponse(text, status=facts["status"], content_type=CONTENT_TYPE)
    if refusal.because in WAITING or (
        facts["status"] == STATUS_OF_CODE["key_in_flight"] and refusal.retry
    ):
        response["Retry-After"] = str(refusal.wait_seconds)
    return response


def fault(exception: BaseException, *, request_id: str, method: str, path: str) -> HttpResponse:
    """Answer what nobody expected, and log where it happened, without any value that was in play."""
    logger.error("request %s: %s %s failed\n%s", request_id, method, path, trace_of(exception))
    refusal = InternalFault("The server failed at this request.")
    return problem(refusal, request_id=request_id)


def trace_of(exception: BaseException) -> str:
    """Give the kinds of an exception and its causes, and the places in the code; no values.

    A message may repeat what was sent (a database names the values of a row), so it stays out.
    """
    lines = []
    cause: BaseException | None = exception
    while cause is not None:
        sqlstate = getattr(cause, "sqlstate", None)
        said = str(cause) if isinstance(cause, OF_THE_PROGRAM) else sqlstate or ""
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__} {said}".rstrip())
        lines += [
            f"    {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(lines)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_is_plain(part) for part in value.values())
    if isinstance(value, list):
        return all(_is_plain(part) for part in value)
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
