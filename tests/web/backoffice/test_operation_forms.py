"""What can be said with an operation, and through which door: what one door lacks is named, with its reason."""

from __future__ import annotations

import inspect
from dataclasses import fields as fields_of
from typing import Final

import click
import pytest

from builders import a_customer, a_wallet, figures
from staff_pages import done, words
from tael.api.v1.flows import ReverseIn
from tael.api.v1.operations import OPERATIONS
from tael.books import Instruction
from tael.cli.main import tael
from tael.wallet import exchange, recharge, transfer
from tael.wallet.deduct import deduct
from tael.wallet.flow import flow_record
from tael.wallet.freeze import freeze
from tael.wallet.operation import Operation
from tael.wallet.refund import refund
from tael.wallet.unfreeze import unfreeze
from tael.wallet.withdraw import withdraw
from tael.web.backoffice import flow
from tael.web.backoffice.operation_forms import form_for
from visits import staff_client

LIBRARY: Final = {
    "recharge": (recharge.recharge, recharge.recharge_customer),
    "deduct": (deduct,),
    "transfer": (transfer.transfer, transfer.transfer_to_customer),
    "freeze": (freeze,),
    "unfreeze": (unfreeze,),
    "withdraw": (withdraw,),
    "exchange": (exchange.exchange, exchange.exchange_into),
    "reverse": (refund,),
}
# The same thing under the name that reads well at a door.
SAME: Final = {
    "library": {
        "transfer": {"source": "wallet"},
        "exchange": {"source": "wallet", "currency": "into"},
        "reverse": {"entry_id": "record"},
    },
    "cli": {
        "transfer": {"to_wallet": "target"},
        "exchange": {"to_wallet": "target"},
        "freeze": {"until": "expires_at"},
        "reverse": {"flow": "record"},
    },
}
BY_THE_DOOR: Final = {"key", "actor", "dry_run", "as_json", "currency", "instruction"}
"""The key, who asks and the rehearsal are each door's own way; an amount is read with its currency."""

LACKS: Final[dict[tuple[str, str], str]] = {
    ("api", "at"): "who calls over HTTP may not date an entry back",
    ("page", "at"): "what is done on a page takes effect when it is done",
    (
        "library",
        "late_reason",
    ): "whether a month that is being closed takes it, is asked at the door",
    ("api", "late_reason"): "as at: nothing is dated back there",
    ("page", "late_reason"): "as above",
    ("page", "code"): "the page says its own: AdminRecharge, AdminRefund",
    ("page", "owner"): "the page is opened from a wallet, and opens one on a page of its own",
    ("page", "to"): "the wallet that gets is named, so that its figures can be shown before",
    ("page", "into"): "the wallet that gets is chosen, so that its figures can be shown before",
    ("page", "quote"): "the page makes the quote of what it shows, and keeps its number itself",
    ("library", "owner"): "a door finds the default wallet; the library is given the wallet",
    ("api", "purpose"): "whose hold it is, is said by the program that makes it, as a withdrawal",
    ("cli", "purpose"): "as above",
    ("page", "purpose"): "as above",
    ("page", "deduct.pno"): "no payment outside belongs to what stays within the house",
    ("page", "transfer.pno"): "as above",
    ("page", "freeze.pno"): "as above",
    ("page", "unfreeze.pno"): "as above",
    ("page", "exchange.pno"): "as above",
    ("cli", "owner"): "only a recharge opens a wallet; the others name the wallet",
    ("page", "reverse.channel"): "money goes back the way it came: the channel of the record",
    ("page", "reverse.wallet"): "the record is open on the page: nobody else's can be meant",
    ("cli", "reverse.wallet"): "the operator may take back any record",
}


def by_library(name: str) -> set[str]:
    said = {each.name for each in fields_of(Instruction)}
    for function in LIBRARY[name]:
        said |= set(inspect.signature(function).parameters)
    return named("library", name, said)


def by_api(name: str) -> set[str]:
    if name == "reverse":
        return set(ReverseIn.model_fields) | {"record"}
    return set(OPERATIONS[name].reads.model_fields)


def by_cli(name: str) -> set[str]:
    with click.Context(tael) as context:
        made = tael.get_command(context, name)
    return named("cli", name, {option.name for option in made.params})


def by_page(name: str, wallet) -> set[str]:
    if name == "reverse":
        return {*flow.FIELDS, "record"}
    form = form_for(Operation[name.upper()], wallet, {})
    return {*form.fields, "wallet"}


def named(door: str, operation: str, names: set[str]) -> set[str]:
    same = SAME[door].get(operation, {})
    return {same.get(name, name) for name in names}


@pytest.mark.usefixtures("db")
def test_every_door_offers_what_the_others_offer_or_the_reason_stands_here():
    wallet = a_wallet()
    lacking = set()
    for name in LIBRARY:
        doors = {
            "library": by_library(name),
            "api": by_api(name),
            "cli": by_cli(name),
            "page": by_page(name, wallet),
        }
        for said in set().union(*doors.values()) - BY_THE_DOOR:
            lacking |= {(door, name, said) for door, has in doors.items() if said not in has}

    unnamed = {
        f"{door}: {name}.{said}"
        for door, name, said in lacking
        if (door, said) not in LACKS and (door, f"{name}.{said}") not in LACKS
    }
    there = {(door, said) for door, _, said in lacking}
    there |= {(door, f"{name}.{said}") for door, name, said in lacking}

    assert unnamed == set()
    assert set(LACKS) - there == set(), "these are no differences any more"


@pytest.mark.rule("F-20")
@pytest.mark.parametrize("operation", ["recharge", "deduct", "freeze"])
@pytest.mark.usefixtures("db")
def test_a_serial_number_is_kept_and_one_of_another_operation_is_refused(operation):
    wallet, staff = a_wallet(owner=a_customer(20001), free="100.00"), staff_client("finance_maker")
    at = f"/backoffice/wallets/{wallet.number}/{operation}"
    sno = f"{int(Operation[operation.upper()])}20260301120000A-77"

    first = done(staff, at, amount="1.00", channel="Admin", sno=sno)
    record = flow_record(int(first["Location"].rpartition("/")[2]))
    before = figures(wallet)
    wrong = staff.post(
        at,
        {"key": "0c3ffc2e-0000-4000-8000-000000000000", "amount": "1.00", "channel": "Admin"}
        | {"sno": f"9{sno[1:]}", "step": "do"},
    )
    again = done_again(staff, at, sno)

    assert record.sno == sno
    assert (wrong.status_code, "sno_malformed" in words(wrong)) == (400, True)
    assert again.status_code in {303, 409}
    assert figures(wallet) == before


def done_again(staff, at: str, sno: str):
    """Another form with a number that has been used: no money moves for it a second time."""
    sent = {"key": "0c3ffc2e-0000-4000-8000-000000000001", "amount": "2.00", "channel": "Admin"}
    return staff.post(at, {**sent, "sno": sno, "step": "do"})


@pytest.mark.usefixtures("db")
def test_a_freeze_says_what_it_is_for():
    wallet, staff = a_wallet(free="10.00"), staff_client("finance_maker")

    done(
        staff,
        f"/backoffice/wallets/{wallet.number}/freeze",
        amount="4.00",
        channel="Admin",
        reason="deposit for flat 12",
    )

    page = staff.get(f"/backoffice/wallets/{wallet.number}/holds")
    assert "deposit for flat 12" in words(page)
