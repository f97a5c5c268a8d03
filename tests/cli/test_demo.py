"""The demo data: loaded once, the same each time, with something to see on every page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from conftest import a_database
from tael.approvals.proposal_search import ProposalState, ProposalsWanted, proposals
from tael.assurance.backup import DatabaseNotEmpty
from tael.cli import demo
from tael.cli.demo import load
from tael.cli.demo_merchants import days_of_merchants
from tael.parties.api_key import authenticate
from tael.parties.queries import customers
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.queries import withdrawals
from tael.postgres.connect import Databases
from tael.settlement.accounts.earnings import earnings
from tael.settlement.accounts.merchant_search import MerchantAccountsWanted, merchant_accounts
from tael.settlement.bank.bank_search import BankLinesWanted, bank_lines
from tael.settlement.bills.bill_search import BillsWanted, bills
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    DaysWanted,
    completeness_cases,
    completeness_days,
)
from tael.settlement.payouts.batch_search import BatchesWanted, batches
from tael.settlement.payouts.withdrawal_search import WithdrawalsWanted, merchant_withdrawals
from tael.settlement.records.accrual_search import AccrualsWanted, accruals
from tael.settlement.records.import_search import imports
from tael.settlement.remittances.adjustment_search import adjustments, collections
from tael.settlement.remittances.remittance_search import RemittancesWanted, remittances
from tael.wallet import queries
from tael.wallet.flow_search import Wanted, all_records
from tael.wallet.operation import Operation
from tael.wallet.wallet import wallet
from tael.web.database import point

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Loaded(NamedTuple):
    """A database with the demo data, which tests look at and leave as it is."""

    databases: Databases
    home: Path
    said: Result
    keys: dict[str, str]


@pytest.fixture(scope="module")
def loaded(pg, maintenance, proven, tmp_path_factory) -> Iterator[Loaded]:
    """As `tael demo` loads them, at a moment that is always the same."""
    home = tmp_path_factory.mktemp("demo")
    with a_database(pg, maintenance, proven) as databases:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TAEL_HOME", str(home))
            patched.setattr(demo, "load", partial(load, now=NOW))
            said = typed(databases, patched)
        assert said.exit_code == 0, said.output
        yield Loaded(databases, home, said, json.loads((home / "demo.json").read_text("utf-8")))
        point("default", databases.app_dsn)  # for the proof at the end


@pytest.fixture
def keys(loaded, no_database_by_accident) -> dict[str, str]:
    point("default", loaded.databases.app_dsn)
    return loaded.keys


def every_record():
    records, before = [], None
    while True:
        page = all_records(Wanted(), limit=200, before=before)
        records += page.records
        before = page.before
        if before is None:
            return records


def test_there_is_something_to_see_on_every_page(keys):
    there = queries.wallets(limit=200)
    records = every_record()

    assert {10000, 10010, 10012} <= {customer.number for customer in customers()}
    assert [(view.wallet.number, view.wallet.owner) for view in there[:2]] == [
        (100001, 10012),
        (100002, 10010),
    ]
    assert any(view.figures.locked for view in there)
    assert len(records) > 300
    assert {record.operation for record in records} == set(Operation)
    assert queries.holds(wallet(100001), only_open=True)
    assert len(withdrawals(state=WithdrawalState.APPLIED)) == 2
    assert queries.orders(state="created")
    assert queries.card_batches()


@pytest.mark.rule("B-20", "B-27")
def test_two_merchants_have_business_bills_and_something_that_waits(keys):
    roaster, driver = merchant_accounts(MerchantAccountsWanted())

    assert (roaster.account.owner, driver.account.owner) == (10014, 10013)
    assert roaster.amount.minor > 0
    assert roaster.reserve.minor > 0
    of_driver = earnings([driver.account])
    assert of_driver.billed > driver.amount > driver.account.money(0)  # he was paid out
    assert of_driver.pending.minor > 0  # on the road
    assert of_driver.unbilled.minor > 0  # since the last bill
    assert accruals(AccrualsWanted(type="reversal"))
    made = bills(BillsWanted(), limit=200)
    assert {one.bill.state for one in made} == {"issued", "draft", "void"}
    (void,) = [one.bill for one in made if one.bill.state == "void"]
    (after,) = [one.bill for one in made if one.bill.replaces_id == void.pk]
    assert (after.state, after.total, after.account_id) == ("issued", void.total, driver.number)


@pytest.mark.rule("B-14", "B-25", "B-31", "B-35", "B-36", "I32")
def test_what_merchants_and_the_house_settle_stands_in_every_state(keys):
    asked = merchant_withdrawals(WithdrawalsWanted(), limit=100)
    paid = remittances(RemittancesWanted())
    (brought,) = imports(limit=10)
    days = completeness_days(DaysWanted(source="rides"))
    (proposal,) = proposals(ProposalsWanted(state=ProposalState.PROPOSED))

    assert {one.row.payout_state for one in asked} == {
        *("paid", "failed", "cancelled", "held", "batched", "waiting")
    }
    assert {one.row.way for one in asked} == {"manual", "automatic"}
    assert [one.state for one in batches(BatchesWanted())] == ["draft", "settled", "settled"]
    assert {(one.row.payer, one.row.state) for one in paid} == {
        *(("merchant", "confirmed"), ("merchant", "disputed"), ("merchant", "declared")),
        *(("platform", "confirmed"), ("platform", "declared")),
    }
    assert (brought.progress.recorded, brought.progress.refused) == (6, 3)
    assert [(day.acts - day.recorded, day.added, day.cases) for day in days].count((0, 0, 0)) == 4
    assert {case.what for case in completeness_cases(CasesWanted())} == {"differing", "orphan"}
    assert proposal.command == "settlement.adjust"
    assert collections()
    assert len(adjustments()) == 2


@pytest.mark.rule("A23", "A31")
def test_the_bank_has_booked_what_is_explained_and_what_is_not(keys):
    views = bank_lines(BankLinesWanted())
    explained = {one.what for view in views for one in view.evidence if one.explains}
    assert explained == {"payout", "remittance", "suspense"}
    assert [view.amount.text for view in views if not view.explained] == [
        "88.00",
        "88.00",
        "-15.00",
    ]


def test_nothing_takes_effect_after_the_end_or_before_the_beginning(keys):
    moments = [record.effective_at for record in every_record()]

    assert max(moments) <= NOW
    assert (NOW - min(moments)).days <= 56


def test_the_keys_are_for_everything_for_reading_and_for_one_customer(keys):
    texts = [text for name, text in keys.items() if name.startswith("Key")]
    every, reading, his = map(authenticate, texts)

    assert every.allows("operations:recharge")
    assert reading.allows("books:read")
    assert not any(scope for scope in reading.scopes if not scope.endswith(":read"))
    assert (his.customer_id, his.allows("operations:recharge")) == (10012, False)


def test_it_is_loaded_once(keys):
    before = [(view.wallet.number, view.figures) for view in queries.wallets(limit=200)]

    assert load(now=NOW) == {}
    assert [(view.wallet.number, view.figures) for view in queries.wallets(limit=200)] == before


def test_an_interrupted_loading_leaves_nothing(db, monkeypatch):
    def interrupted(**given):
        yield from islice(days_of_merchants(**given), 9)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "days_of_merchants", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(now=NOW)

    assert customers() == []
    assert queries.wallets() == []


def test_it_is_the_same_each_time(keys):
    liquid = {view.wallet.number: view.figures.liquid.text for view in queries.wallets()}

    assert (liquid[100001], liquid[100004], liquid[100006]) == ("16545.20", "17500", "4101.40")


def typed(db, monkeypatch):
    monkeypatch.setattr(demo, "opened_database", lambda: nullcontext(db))
    return CliRunner().invoke(demo.demo)


def test_the_command_prints_the_keys_and_a_second_time_the_same(loaded, keys, monkeypatch):
    monkeypatch.setenv("TAEL_HOME", str(loaded.home))

    again = typed(loaded.databases, monkeypatch)

    assert again.stdout == loaded.said.stdout
    assert again.stdout.startswith("Key, all rights  tael_")
    assert (loaded.home / "demo.json").stat().st_mode & 0o77 == 0


def test_the_command_leaves_a_database_alone_that_holds_something_else(
    loaded, keys, tmp_path, monkeypatch
):
    monkeypatch.setenv("TAEL_HOME", str(tmp_path))
    (tmp_path / "demo.json").write_text('{"Key, all rights": "tael_of_another_database"}', "utf-8")

    assert isinstance(typed(loaded.databases, monkeypatch).exception, DatabaseNotEmpty)
