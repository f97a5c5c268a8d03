"""Turning whatever went wrong into a problem: refusals, fields that are wrong, and faults.

Source: architecture, section 5; reliability, section 6 (errors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import django.db
import psycopg
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from ninja.errors import HttpError, ValidationError

from tael.api.body import BodyMalformed, BodyTooLarge
from tael.api.fields import Amount
from tael.api.problem import (
    DatabaseUnavailable,
    DoorRefusal,
    MethodNotAllowed,
    NoSuchAddress,
    RequestInvalid,
    fault,
    problem,
)
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse
    from ninja import NinjaAPI

# What pydantic calls it: what we call it, and what we say.
_SAID: Final = {
    "missing": ("field_missing", "The field is missing."),
    "extra_forbidden": ("field_unknown", "There is no such field."),
    "model_type": ("field_invalid", "This is no object with fields of its own."),
    "model_attributes_type": ("field_invalid", "This is no object with fields of its own."),
}
_NO_AMOUNT: Final = 'This is no amount, as {"amount": "12.34", "currency": "CNY"}.'
_ERRORS_MAX: Final = 50
_OUT_OF_REACH: Final = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


def add_handlers(api: NinjaAPI) -> None:
    """Let every exception that reaches the API become a problem."""
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _ninjas_own)
    api.add_exception_handler(Exception, failed)


def failed(request: HttpRequest, exception: Exception | type[Exception]) -> HttpResponse:
    """Answer what is no refusal: nobody to ask, half a body, or a program that is wrong."""
    assert isinstance(exception, Exception)
    number = _number(request)
    if isinstance(exception, _OUT_OF_REACH):
        return problem(DatabaseUnavailable("The database did not answer."), request_id=number)
    if isinstance(exception, RequestDataTooBig):
        return problem(BodyTooLarge("The body is too large."), request_id=number)
    if isinstance(exception, UnreadablePostError):
        return problem(BodyMalformed("The body did not arrive whole."), request_id=number)
    return fault(exception, request_id=number, method=str(request.method), path=request.path)


def no_such_address(request: HttpRequest) -> HttpResponse:
    """Answer for an address that nobody has."""
    refusal = NoSuchAddress(
        "There is nothing at this address.", there=ascii(request.path)[1:-1][:120]
    )
    return problem(refusal, request_id=_number(request))


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer for a method that the address does not have."""
    refusal = MethodNotAllowed("The method is not possible here.", allowed=allowed)
    response = problem(refusal, request_id=_number(request))
    response["Allow"] = allowed
    return response


def invalid(errors: Sequence[dict[str, Any]]) -> RequestInvalid:
    """Say what pydantic found wrong, in stable words and with the path of each field."""
    said = []
    for error in errors[:_ERRORS_MAX]:
        code, detail = _SAID.get(error["type"], ("field_invalid", error["msg"]))
        if error.get("ctx", {}).get("class_name") == Amount.__name__:
            detail = _NO_AMOUNT
        said.append({"field": _path(error["loc"]), "code": code, "detail": detail})
    return RequestInvalid(said)


def _refused(request: HttpRequest, refusal: Refusal | type[Refusal]) -> HttpResponse:
    assert isinstance(refusal, Refusal)
    response = problem(refusal, request_id=_number(request))
    if isinstance(refusal, DoorRefusal) and refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tael"'
    return response


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    return problem(invalid(error.errors), request_id=_number(request))


def _ninjas_own(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """Answer what ninja refuses by itself: it wraps what was raised while it read the body."""
    assert isinstance(error, HttpError)
    if isinstance(error.__cause__, Refusal):
        return _refused(request, error.__cause__)
    return failed(request, error)


def _path(location: Sequence[str | int]) -> str:
    """Give the field's place as the caller wrote it; ninja puts the source and our argument before."""
    source, *rest = location
    return ".".join(str(part) for part in (rest[1:] if source == "body" else rest)) or "body"


def _number(request: HttpRequest) -> str:
    return str(request.call.request_id)  # type: ignore[attr-defined]
