"""The journal over HTTP."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from api.client import Caller, a_key

if TYPE_CHECKING:
    from tael.wallet.wallet import Wallet

pytestmark = pytest.mark.rule("T27")


def test_the_journal_comes_as_csv(house: Caller, wallet: Wallet) -> None:
    reply = house.get("/journal", format="csv")

    rows = list(csv.DictReader(io.StringIO(reply.body)))
    assert reply.headers["Content-Disposition"] == 'attachment; filename="journal.csv"'
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == 2


@pytest.mark.parametrize("program", ["hledger", "beancount"])
def test_the_journal_comes_for_other_programs(program: str, house: Caller, wallet: Wallet) -> None:
    reply = house.get("/journal", format=program, since="2020-01-01T00:00:00Z")

    assert reply.status == 200
    assert "100.00" in reply.body


def test_an_unknown_form_is_refused(house: Caller) -> None:
    reply = house.get("/journal", format="xls")

    assert (reply.status, reply.body["field"]) == (422, "format")


@pytest.mark.rule("T14")
def test_only_a_key_for_the_books_opens_the_journal(wallet: Wallet) -> None:
    assert a_key("wallets:read").get("/journal", format="csv").code == "scope_missing"
