"""A client of the API for tests: every answer is held against the OpenAPI document."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import jsonschema_rs
from django.test import Client
from django.urls import Resolver404, resolve

from builders import AT, STAFF
from tael.api.v1.api import api
from tael.parties.api_key import create_api_key
from tael.parties.scopes import CUSTOMER_SCOPES, SCOPES

PREFIX = "/api/v1"
KEYS = count(1)
REFERENCE = re.compile(r'"#/components/(\w+)/([\w.-]+)"')


@dataclass(frozen=True)
class Reply:
    """An answer of the API."""

    status: int
    body: Any
    headers: dict[str, str]
    raw: bytes

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.body["code"])

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotent-Replay") == "true"


class Caller:
    """One API key and the requests that are made with it."""

    def __init__(self, text: str | None, number: int = 0) -> None:
        self.text = text
        self.number = number
        self._client = Client(raise_request_exception=False)

    @property
    def actor(self) -> str:
        return f"key:{self.number}"

    def get(self, path: str, **query: Any) -> Reply:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = "new", **query: Any) -> Reply:
        return self.send("POST", path, {} if body is None else body, key=key, query=query)

    def patch(self, path: str, body: Any) -> Reply:
        return self.send("PATCH", path, body)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        query: dict[str, Any] | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send a request; bytes go as they are, everything else as JSON."""
        sent = dict(headers or {})
        if self.text is not None:
            sent.setdefault("Authorization", f"Bearer {self.text}")
        if key is not None:
            sent["Idempotency-Key"] = f"test-key-{next(KEYS)}" if key == "new" else key
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        response = self._client.generic(
            method,
            PREFIX + path,
            data,
            content_type=content_type if body is not None else "",
            headers=sent,
            query_params=query or None,
        )
        raw = b"".join(response) if response.streaming else response.content
        kind = response.headers.get("Content-Type", "")
        parsed = json.loads(raw) if "json" in kind else raw.decode()
        reply = Reply(response.status_code, parsed, dict(response.headers), raw)
        check_declared(method, path, reply)
        return reply


def a_key(*scopes: str, customer: int | None = None) -> Caller:
    """A caller with a new API key; all scopes that there are if none is named."""
    every = CUSTOMER_SCOPES if customer is not None else SCOPES
    made = create_api_key(
        name="test", scopes=scopes or every, customer=customer, actor=STAFF, at=AT
    )
    return Caller(made.text, made.key.pk)


def amount(text: Any, currency: Any = "CNY") -> dict[str, Any]:
    return {"amount": text, "currency": currency}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as a client gets it."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return found


@cache
def _validator(name: str, status: str, kind: str) -> Any:
    operation = next(
        operation
        for path in document()["paths"].values()
        for operation in path.values()
        if operation["operationId"] == name
    )
    response = operation["responses"].get(status)
    assert response is not None, f"{name} does not declare {status}"
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    content = response.get("content", {})
    assert kind in content, f"{name} does not declare {kind} for {status}"
    return _compiled(json.dumps(content[kind]["schema"]))


@cache
def _compiled(schema: str) -> Any:
    """Compile what a schema needs, and no more: the whole document takes 12 MB each time."""
    needed: dict[str, dict[str, Any]] = {}
    places = REFERENCE.findall(schema)
    while places:
        kind, name = places.pop()
        if name not in needed.setdefault(kind, {}):
            needed[kind][name] = document()["components"][kind][name]
            places += REFERENCE.findall(json.dumps(needed[kind][name]))
    whole = {**json.loads(schema), "components": needed}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def check_declared(method: str, path: str, reply: Reply) -> None:
    """Fail where an answer is not what the OpenAPI document says."""
    assert "X-Request-Id" in reply.headers
    assert "no-store" in reply.headers["Cache-Control"]
    if reply.status == 405 or path.startswith(("/docs", "/openapi")):
        return
    try:
        name = resolve(PREFIX + path.split("?", maxsplit=1)[0]).url_name
    except Resolver404:
        return
    operation = _named(str(name), method)
    if operation is None:
        return
    kind = reply.headers["Content-Type"].split(";")[0]
    _validator(operation, str(reply.status), kind).validate(reply.body)


def _named(url_name: str, method: str) -> str | None:
    """Several methods share an address and its name; the document tells them apart."""
    for path in document()["paths"].values():
        names = {each["operationId"] for each in path.values()}
        if url_name in names:
            found = path.get(method.lower())
            return None if found is None else str(found["operationId"])
    return None
