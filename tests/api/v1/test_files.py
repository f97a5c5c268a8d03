"""Files over HTTP: the same bytes as the pages give, the same limits, for whose money it is."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from api.client import Caller, a_key
from builders import a_busy_wallet, a_wallet
from tael.api.endpoint import DECLARED
from tael.documents import flow_list, turn, wallet_statement
from tael.parties.queries import audit_trail
from visits import staff_client

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("F-22", "T15")


@pytest.fixture
def busy(house: Caller) -> Wallet:
    wallet, _after = a_busy_wallet()
    return wallet


def fetch(caller: Caller, path: str):
    return Client(SERVER_NAME="localhost").get(
        f"/api/v1{path}", headers={"authorization": f"Bearer {caller.text}"}
    )


def test_a_file_is_not_begun_while_others_are_made(
    house: Caller, busy: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "WAIT_SECONDS", 0.01)
    with ExitStack() as others:
        for _ in range(turn.AT_ONCE_MAX):
            others.enter_context(turn.a_turn())
        answer = fetch(house, f"/wallets/{busy.number}/statement/file?format=csv")

    assert (answer.status_code, answer.json()["code"]) == (503, "documents_busy")
    uncounted = {
        one.name for one in DECLARED.values() if one.answer_types and "files" not in one.paces
    }
    assert uncounted == {"receive_callback"}  # a gateway tells as much as there is to tell


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
@pytest.mark.parametrize("query", ["", "&operation=recharge", "&since=2026-03-01&until=2026-03-31"])
def test_a_statement_has_the_bytes_of_the_page(
    house: Caller, busy: Wallet, form: str, query: str
) -> None:
    page = staff_client("auditor").get(
        f"/backoffice/wallets/{busy.number}/file?format={form}{query}"
    )

    file = fetch(house, f"/wallets/{busy.number}/statement/file?format={form}{query}")

    assert (file.status_code, file.content) == (200, page.content)
    for header in ("Content-Type", "Content-Disposition", "Cache-Control"):
        assert file[header] == page[header]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "query", ["", "&operation=freeze", "&currency=CNY&least=5.00&most=30.00", "&since=2026-03-01"]
)
def test_flow_records_have_the_bytes_of_the_page(
    house: Caller, busy: Wallet, form: str, query: str
) -> None:
    query = f"{query}&wallet={busy.number}"
    page = staff_client("auditor").get(f"/backoffice/flows/file?format={form}{query}")

    file = fetch(house, f"/flows/file?format={form}{query}")

    assert (file.status_code, file.content) == (200, page.content)
    assert file["Content-Disposition"] == page["Content-Disposition"]


@pytest.mark.rule("I31")
def test_what_a_program_of_the_house_takes_is_written_down(house: Caller, busy: Wallet) -> None:
    fetch(house, f"/wallets/{busy.number}/statement/file?format=csv&language=zh-hant")
    fetch(house, "/flows/file?format=csv")

    taken = [row for row in audit_trail() if row.action == "export.take"]
    assert {row.actor for row in taken} == {f"key:{house.number}"}
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/wallets/{own}/statement/file", 422, "request_invalid"),
        ("/wallets/{own}/statement/file?format=doc", 422, "request_invalid"),
        ("/wallets/{own}/statement/file?format=csv&since=2026-02-30", 422, "request_invalid"),
        ("/wallets/{own}/statement/file?format=csv&since=1700000000", 422, "request_invalid"),
        ("/wallets/{own}/statement/file?format=csv&language=fr", 422, "request_invalid"),
        ("/wallets/1/statement/file?format=csv", 404, "unknown_wallet"),
        ("/flows/file?format=pdf", 422, "request_invalid"),
        ("/flows/file?format=csv&least=5", 422, "unknown_currency"),
        ("/flows/file?format=csv&currency=XYZ", 422, "unknown_currency"),
        ("/flows/file?format=csv&currency=CNY&least=1.001", 422, "amount_too_precise"),
        ("/flows/file?format=csv&wallet=1", 404, "unknown_wallet"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    house: Caller, busy: Wallet, path: str, status: int, code: str
) -> None:
    refused = house.get(path.format(own=busy.number))

    assert (refused.status, refused.code) == (status, code)


@pytest.mark.rule("T23")
def test_more_lines_than_a_file_may_have_are_refused(
    house: Caller, busy: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallet_statement, "LINES_MAX", 2)
    monkeypatch.setattr(flow_list, "LINES_MAX", 2)

    for path in (f"/wallets/{busy.number}/statement/file", "/flows/file"):
        refused = house.get(f"{path}?format=csv")
        assert refused.code == "document_too_long", path


@pytest.mark.rule("T14")
def test_a_customers_key_takes_his_own_statement_and_no_other_file(
    house: Caller, busy: Wallet
) -> None:
    own = a_key("wallets:read", customer=busy.owner)
    other = a_wallet()

    assert fetch(own, f"/wallets/{busy.number}/statement/file?format=csv").status_code == 200
    assert own.get(f"/wallets/{other.number}/statement/file?format=csv").status == 404
    assert own.get("/flows/file?format=csv").code == "scope_missing"
    assert not [row for row in audit_trail() if row.action == "export.take"]
