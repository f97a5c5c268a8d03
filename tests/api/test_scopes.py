"""Every endpoint and every sort of key: what is declared is what happens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from api.client import Caller, a_key, document
from builders import a_customer, figures
from tael.api.endpoint import DECLARED
from tael.api.scopes import ANY_KEY, BATCH_SCOPES, ENDPOINTS
from tael.parties.pace import forget_paces
from tael.parties.scopes import CUSTOMER_SCOPES, SCOPES

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("T14")

OPEN = {"health", "receive_callback"}
SAME_FOR_ALL = {"channels", "business-calendars"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path without prefix, and operation of each endpoint."""
    return [
        (method.upper(), path.removeprefix("/api/v1"), operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def address(path: str, number: object) -> str:
    return re.sub(r"\{[a-z]+\}", str(number), path)


def test_the_table_names_every_endpoint_and_no_other() -> None:
    named = {operation["operationId"] for _, _, operation in operations()}

    assert named == set(ENDPOINTS) == set(DECLARED)


def test_the_scopes_of_the_table_exist() -> None:
    asked = {scope for scope in ENDPOINTS.values() if scope} | set(BATCH_SCOPES.values())

    assert asked <= set(SCOPES)


def test_only_health_and_callbacks_are_open() -> None:
    assert {name for name, scope in ENDPOINTS.items() if scope is None} == OPEN


def test_every_endpoint_but_the_open_ones_refuses_a_stranger(wallet: Wallet) -> None:
    stranger = Caller(None)

    for method, path, operation in operations():
        forget_paces()  # there are more endpoints than a stranger may try in a minute
        reply = stranger.send(method, address(path, 1), b"{}", key="k")

        expected = operation["operationId"] not in OPEN
        assert (reply.status == 401) is expected, (method, path, reply.status)


def test_every_endpoint_refuses_a_key_with_all_scopes_but_its_own(wallet: Wallet) -> None:
    callers = {
        scope: a_key(*(each for each in SCOPES if each != scope))
        for scope in {scope for scope in ENDPOINTS.values() if scope}
    }
    before = figures(wallet)

    for method, path, operation in operations():
        scope = ENDPOINTS[operation["operationId"]]
        if not scope:
            continue
        reply = callers[scope].send(method, address(path, wallet.number), b"{}", key="k")

        assert (reply.status, reply.code) == (403, "scope_missing"), (method, path)
        assert reply.body["allowed"] == scope
    assert figures(wallet) == before


def test_every_endpoint_lets_a_key_with_its_scope_alone_in(wallet: Wallet) -> None:
    callers = {scope: a_key(scope) for scope in {each for each in ENDPOINTS.values() if each}}
    callers[ANY_KEY] = a_key("audit:read")

    for method, path, operation in operations():
        scope = ENDPOINTS[operation["operationId"]]
        if scope is None:
            continue
        reply = callers[scope].send(method, address(path, wallet.number), b"{}", key="k")

        assert reply.status not in {401, 403, 500, 503}, (method, path, reply.body)


def test_a_stranger_is_told_nothing_by_any_number(wallet: Wallet, theirs: Wallet) -> None:
    """A customer's key gets the same answer for another's thing and for one that is not there."""
    nobody = a_key(customer=a_customer())
    absent = 2**62

    for method, path, operation in operations():
        scope = ENDPOINTS[operation["operationId"]]
        if "{" not in path or scope not in CUSTOMER_SCOPES or SAME_FOR_ALL & set(path.split("/")):
            continue
        foreign = theirs.owner if path.startswith("/customers") else theirs.number
        replies = [
            nobody.send(method, address(path, number), b"{}", key="k")
            for number in (foreign, absent)
        ]

        assert replies[0].status in {404, 422}, (method, path)
        assert facts(replies[0], foreign) == facts(replies[1], absent), (method, path)


def facts(reply: Any, number: int) -> tuple[int, str]:
    told = {name: fact for name, fact in reply.body.items() if name != "request_id"}
    return reply.status, str(told).replace(str(number), "?")
