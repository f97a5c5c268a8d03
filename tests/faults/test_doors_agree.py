"""T11: an amount gets one verdict, whichever door it comes in by."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner

from amount_inputs import AMOUNT_INPUTS, AmountInput
from api.client import a_key, amount
from builders import a_customer, a_wallet, an_iso_currency, figures
from tael import books
from tael.cli import call
from tael.cli.main import tael
from tael.cmspro import money
from tael.money import parse_amount
from tael.postgres.connect import Databases
from tael.refusal import Refusal
from tael.wallet.flow import flow_record
from tael.wallet.wallet import Wallet

CUSTOMER = 10012
CURRENCIES = ("CNY", "USD", "JPY", "BHD")
NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")

Verdict = int | str  # minor units, or the code of the refusal
Door = Callable[[AmountInput], Verdict]


@pytest.fixture
def wallets(db: Databases) -> dict[str, Wallet]:
    """An empty wallet in each currency of the table that there is."""
    owner = a_customer(CUSTOMER)
    for code in CURRENCIES:
        an_iso_currency(code)
    return {code: a_wallet(owner=owner, currency=code) for code in CURRENCIES}


def library(given: AmountInput) -> Verdict:
    try:
        return parse_amount(given.value, books.currency(given.currency)).minor
    except Refusal as refusal:
        return refusal.code


def terminal(given: AmountInput) -> Verdict:
    """What `tael recharge --dry-run` says."""
    words = ["recharge", "--dry-run", "--json", "--owner", str(CUSTOMER)]
    words += ["--amount", str(given.value), "--currency", given.currency]
    done = CliRunner().invoke(tael, words, catch_exceptions=False)
    if done.exit_code:
        return str(json.loads(done.stderr)["code"])
    return minor(json.loads(done.stdout)["amount"])


def seed_call(given: AmountInput) -> Verdict:
    """What the call of seed 1 says, taken back afterwards."""

    def init() -> Verdict:
        asked = {"ctype": given.currency, "money": given.value, "mtype": "System", "uid": CUSTOMER}
        done = money.init(1, asked, "AdminRecharge", at=NOON)
        if not done:
            return str((done.error or {})["code"])
        record = flow_record(done.flow_ids[0])
        return record.amount.minor

    return books.rehearse(init)


def minor(written: dict[str, Any]) -> int:
    """The minor units of an amount as the doors write it."""
    return parse_amount(written["amount"], books.currency(written["currency"])).minor


@pytest.fixture
def doors(
    db: Databases, wallets: dict[str, Wallet], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Door]:
    monkeypatch.setattr(call, "opened_database", lambda: nullcontext(db))
    caller = a_key()

    def api(given: AmountInput) -> Verdict:
        """What `POST /recharge?dry_run=true` says."""
        body = {"owner": CUSTOMER, "amount": amount(given.value, given.currency)}
        reply = caller.post("/recharge", body, dry_run="true")
        return minor(reply.body["amount"]) if reply.status < 300 else reply.code

    return {"library": library, "api": api, "terminal": terminal, "seed's call": seed_call}


def can_bring(door: str, given: AmountInput) -> bool:
    """Tell whether a door has words for the input that mean the same.

    A terminal knows only text. The seed's call takes a whole number for its own text (F-19), and what
    is empty for a parameter that is missing.
    """
    if door == "terminal":
        return given.is_text
    if door == "seed's call":
        missing = given.value is None or (given.is_text and "" in {given.value, given.currency})
        return not missing and type(given.value) is not int
    return True


@pytest.mark.rule("T11", "F-38")
def test_every_door_gives_an_amount_the_verdict_of_the_one_parser(
    doors: dict[str, Door], wallets: dict[str, Wallet]
):
    """T11: refused with the same code, or accepted as the same amount; and a rehearsal keeps nothing."""
    differing, compared = [], 0
    for given in AMOUNT_INPUTS:
        verdicts = {name: door(given) for name, door in doors.items() if can_bring(name, given)}
        compared += len(verdicts)
        if set(verdicts.values()) != {given.verdict}:
            differing.append((given, verdicts))

    assert differing == []
    assert compared > 3 * len(AMOUNT_INPUTS)  # else a door was left out
    assert {figures(wallet) for wallet in wallets.values()} == {
        ("0.00", "0.00", "0.00"),
        ("0", "0", "0"),
        ("0.000", "0.000", "0.000"),
    }


@pytest.mark.rule("T11", "F-19")
def test_the_call_of_the_seed_reads_a_whole_number_as_the_others_read_its_text(
    doors: dict[str, Door],
):
    """T11: the one difference between the doors, and it is of form only."""
    for number in (5, 0, -5, 10**17):
        by_number = doors["seed's call"](AmountInput(number, "CNY", ""))
        by_text = {door(AmountInput(str(number), "CNY", "")) for door in doors.values()}

        assert by_text == {by_number}
