"""What every request passes before a view sees it, in this order: key, scope, query, Idempotency-Key, body.

A request that may not come in is not read further, and one that is refused here has used up nothing.

Source: reliability, M6, T11, T14, T23.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.conf import settings

from tael.api.body import MAX_BYTES, check_length, read_body
from tael.api.call import MINIMAL, ApiRequest, idempotency_key
from tael.api.keys import known_key
from tael.api.problem import DoorRefusal
from tael.api.scopes import ANY_KEY
from tael.parties.api_key import require
from tael.parties.pace import caller_at, keep_pace

if TYPE_CHECKING:
    from tael.parties.api_key import ApiKey
    from tael.refusal import Because

BEARER: Final = "bearer "
DRY_RUN: Final = "dry_run"


class Unauthenticated(DoorRefusal):
    """The request shows no API key, or one that is worth nothing."""

    code = "unauthenticated"
    because: ClassVar[Because] = "forbidden"
    rule = "T14"
    status: ClassVar[int] = 401
    remedy = "Send the header Authorization: Bearer tael_… with a key that has not been revoked."


class QueryRefused(DoorRefusal):
    """The query has a parameter that the endpoint does not know, one of them twice, or a text that cannot be."""

    code = "query_parameter_refused"
    rule = "T11"
    status: ClassVar[int] = 400
    remedy = "Use the endpoint's own parameters, each once."


class Gate:
    """The checks of one endpoint.

    Args:
        scope: that the key must have; ANY_KEY takes any key, None lets anybody in.
        moves_money: a dry run is possible.
        asks_key: an Idempotency-Key is asked for.
        reads_json: the body is one JSON object.
        paces: by which the caller's requests are counted: of the key, or of the address without one.
        longest: bytes that a body may have that is no JSON.
    """

    openapi_security_schema: ClassVar[dict[str, str]] = {"type": "http", "scheme": "bearer"}

    def __init__(
        self,
        scope: str | None,
        *,
        moves_money: bool,
        asks_key: bool,
        reads_json: bool,
        paces: tuple[str, ...] = ("api",),
        longest: int = MAX_BYTES,
    ) -> None:
        """Keep what the endpoint asks for; the query's names follow when they are known."""
        self.scope = scope
        self.moves_money = moves_money
        self.asks_key = asks_key
        self.reads_json = reads_json
        self.paces = paces
        self.longest = longest
        self.query_names: frozenset[str] = frozenset()

    def __call__(self, request: ApiRequest) -> ApiKey | bool:
        """Let the request in, with what was found kept on its call.

        Raises:
            Unauthenticated, TooManyRequests, ScopeMissing, QueryRefused, and those of the key and the body.
        """
        call = request.call
        if self.scope is not None:
            call.key = _key_of(request.META)
            self._keep_paces(call.key.pk)
            if self.scope != ANY_KEY:
                require(call.key, self.scope)
        else:
            self._keep_paces(caller_at(request.META.get("REMOTE_ADDR", "")))
        if request.META.get("QUERY_STRING"):
            self._check_query(request)
        if self.asks_key:
            call.idempotency_key = idempotency_key(request)
        if self.moves_money:
            call.dry_run = _flag(request)
            call.minimal = request.META.get("HTTP_PREFER") == MINIMAL
        if self.reads_json:
            call.body = read_body(request)
        else:
            check_length(request, self.longest)
        return call.key or True

    def _keep_paces(self, caller: object) -> None:
        for name in self.paces:
            keep_pace(settings.PACES[name], caller, at=time.monotonic())

    def _check_query(self, request: ApiRequest) -> None:
        for name, values in request.GET.lists():
            if name not in self.query_names:
                raise QueryRefused(
                    "There is no such parameter.",
                    field=ascii(name)[1:-1][:60],
                    allowed=", ".join(sorted(self.query_names)) or "none",
                )
            if len(values) > 1:
                raise QueryRefused("The parameter stands more than once.", field=name)
            if "\x00" in values[0]:  # no text of a database can hold it
                message = "The parameter holds a character that no text has."
                raise QueryRefused(message, field=name, there=ascii(values[0])[1:-1][:40])


def _key_of(meta: dict[str, Any]) -> ApiKey:
    shown = meta.get("HTTP_AUTHORIZATION", "")
    if shown[: len(BEARER)].lower() == BEARER:
        found = known_key(shown[len(BEARER) :].strip(" "))
        if found is not None:
            return found
    keep_pace(
        settings.PACES["strangers"], caller_at(meta.get("REMOTE_ADDR", "")), at=time.monotonic()
    )
    raise Unauthenticated("There is no valid API key.")


def _flag(request: ApiRequest) -> bool:
    text = request.GET.get(DRY_RUN)
    if text not in {None, "true", "false"}:
        raise QueryRefused(
            "The parameter is neither true nor false.",
            field=DRY_RUN,
            there=ascii(text)[:40],
            allowed="true or false",
        )
    return text == "true"
