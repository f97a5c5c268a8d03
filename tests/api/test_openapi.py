"""The OpenAPI document: committed as it is, complete, and true under attack."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import BaseModel
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.client import Caller, amount, document
from builders import a_payee, a_rate, a_wallet, an_iso_currency
from properties.size import sized
from tael.api.v1.api import document_text
from tael.parties.pace import forget_paces
from tidy.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case

    from tael.postgres.connect import Databases
    from tael.wallet.wallet import Wallet

SNAPSHOT = ROOT / "docs" / "openapi.json"
EXAMPLES = {  # for each operation
    GenerationMode.POSITIVE: sized(3, 40, 200),
    GenerationMode.NEGATIVE: sized(1, 20, 100),
}
# The key is ours in each request, and the words of this file mean nothing to those who read it.
PLAIN = SchemathesisConfig.from_dict(
    {
        "generation": {"with-security-parameters": False},
        "analysis": {"constants": {"enabled": False}},
    }
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
]


def test_the_committed_document_is_the_code_s() -> None:
    assert SNAPSHOT.read_text("utf-8") == document_text(), "run `make schema`"


@pytest.mark.rule("T14")
def test_every_operation_declares_its_refusals_its_scope_and_its_key() -> None:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            statuses = set(operation["responses"])
            assert {"400", "500", "503"} <= statuses, path
            if "security" in operation:
                assert {"401", "403"} <= statuses, path
            if method != "get" and operation["operationId"] != "receive_callback":
                assert {"413", "415", "422"} <= statuses, path
            if "{" in path:
                assert {"404", "422"} <= statuses, path
            assert operation["summary"], path


def test_requests_know_every_field_and_take_no_other() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if schema.get("type") == "object" and not name.endswith("Problem"):
            assert schema.get("additionalProperties") is False, name
        for field, told in schema.get("properties", {}).items():
            assert told.get("items") != {}, f"{name}.{field} is a list of nobody knows what"


@pytest.fixture
def connection_kept(there: dict[str, Any]) -> Iterator[None]:
    """The handler closes its database connection after each request; a test has one for all.

    Once everything is there: the client that put it there connects the signals anew after each request.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def there(house: Caller, wallet: Wallet, theirs: Wallet) -> dict[str, Any]:
    """Values that mean something, so that the attack gets past the doors."""
    an_iso_currency("USD")
    a_rate("CNY/USD", "0.14")
    dollars = a_wallet(owner=wallet.owner, currency="USD")
    payee = a_payee(wallet.owner)
    ten = {"wallet": wallet.number, "amount": amount("10")}
    house.post("/freeze", ten)
    house.post("/withdrawals", {**ten, "payee": payee})
    card = house.post("/card-batches", {"amount": amount("5"), "count": 2}).body["codes"][0]
    order = {"owner": wallet.owner, "amount": amount("10"), "channel": "Alipay"}
    house.post("/recharge-orders", order)
    return {
        "wallet": wallet.number,
        "source": wallet.number,
        "target": theirs.number,
        "to": theirs.owner,
        "owner": wallet.owner,
        "customer": wallet.owner,
        "payee": payee,
        "hold": 1,
        "card": card,
        "channel": "Alipay",
        "identifier": "WeChat",
        "code": "USD",
        "into": "USD",
        "currency": "CNY",
        "dollars": dollars.number,
    }


def made_real(case: Case, there: dict[str, Any]) -> None:
    """Put things that exist where the attacker would have to guess them."""
    for name in case.path_parameters or {}:
        wanted = (
            "wallet" if "/wallets/" in case.path else "owner" if "/customers/" in case.path else ""
        )
        case.path_parameters[name] = there.get(name, there.get(wanted, 1))
    for place in (case.query, case.body):
        if isinstance(place, dict):
            fill(place, there)
    if isinstance(case.body, dict) and "amount" in case.body:
        simple(case.body)


def fill(place: dict[str, Any], there: dict[str, Any]) -> None:
    for name, value in place.items():
        if isinstance(value, dict):
            fill(value, there)
        elif name in there and value is not None:
            place[name] = there[name]


def simple(body: dict[str, Any]) -> None:
    """Leave what a generated operation would most often be refused for."""
    body["amount"] = amount("0.01")
    for name in ("sno", "pno", "code", "info", "into", "quote", "expires_at"):
        body.pop(name, None)
    if body.get("wallet") and "payee" not in body:
        body.pop("owner", None)


@cache
def handler() -> WSGIHandler:
    return WSGIHandler()


def whole_answers(environ: dict[str, Any], start: Any) -> list[bytes]:
    """Answer as a server does, which closes what an answer and its request hold open: files that were sent."""
    answer = handler()(environ, start)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


@pytest.mark.rule("T12")
@pytest.mark.usefixtures("connection_kept")
def test_no_generated_request_gets_an_undeclared_answer(
    db: Databases, house: Caller, there: dict[str, Any]
) -> None:
    attacked = schemathesis.openapi.from_dict(document(), config=PLAIN)
    attacked.app = whole_answers
    tried = 0
    for found in attacked.get_all_operations():
        operation = found.ok()
        for mode, examples in EXAMPLES.items():
            forget_paces()  # or half of the lists answer only that he asks too often
            tried += attack(operation, mode, examples, house, there)
    assert tried > 200


def attack(operation: Any, mode: Any, examples: int, house: Caller, there: dict[str, Any]) -> int:
    """Send so many generated requests to an operation, every second good one with real values."""
    tried = 0
    # a batch is accepted, and what is wrong with an item is that item's verdict
    judged_by_item = operation.path.endswith("/batch")
    checks = [each for each in CHECKS if each is not negative_data_rejection or not judged_by_item]

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        nonlocal tried
        tried += 1
        if mode is GenerationMode.POSITIVE and tried % 2:
            made_real(case, there)
        case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {house.text}"})

    # without parameters and body there is nothing that could be wrong
    nothing_to_negate = Unsatisfiable if mode is GenerationMode.NEGATIVE else ()
    with suppress(nothing_to_negate):
        send()
    return tried


def test_no_two_shapes_share_a_name():
    """The document knows a shape by its name: a second one of the same name would stand for the first."""
    owners: dict[str, set[str]] = {}
    for shape in all_shapes(BaseModel):
        owners.setdefault(shape.__name__, set()).add(shape.__module__)

    assert {name: modules for name, modules in owners.items() if len(modules) > 1} == {}


def all_shapes(of):
    for shape in of.__subclasses__():
        if shape.__module__.startswith("tael.api"):
            yield shape
        yield from all_shapes(shape)
