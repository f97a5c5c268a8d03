"""The demo data: loaded once, the same each time, with something to see on every page."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from tael.assurance.backup import DatabaseNotEmpty
from tael.cli import demo
from tael.cli.demo import load
from tael.parties.api_key import authenticate
from tael.parties.queries import customers
from tael.payouts.lifecycle import WithdrawalState
from tael.payouts.queries import withdrawals
from tael.settlement.accrual_search import AccrualsWanted, accruals
from tael.settlement.earnings import earnings
from tael.settlement.merchant_search import MerchantAccountsWanted, merchant_accounts
from tael.wallet import queries
from tael.wallet.flow_search import Wanted, all_records
from tael.wallet.operation import Operation
from tael.wallet.wallet import wallet

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def keys(db):
    return load(now=NOW)


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
    assert of_driver.billed == driver.amount
    assert of_driver.pending.minor > 0  # on the road
    assert of_driver.unbilled.minor > 0  # since the last bill
    assert accruals(AccrualsWanted(type="reversal"))


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
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_keys", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(now=NOW)

    assert customers() == []
    assert queries.wallets() == []


def test_it_is_the_same_each_time(keys):
    liquid = {view.wallet.number: view.figures.liquid.text for view in queries.wallets()}

    assert (liquid[100001], liquid[100004], liquid[100006]) == ("16545.20", "17500", "4101.40")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TAEL_HOME", str(tmp_path))
    return tmp_path


def typed(db, monkeypatch):
    monkeypatch.setattr(demo, "opened_database", lambda: nullcontext(db))
    return CliRunner().invoke(demo.demo)


def test_the_command_prints_the_keys_and_a_second_time_the_same(db, home, monkeypatch):
    first, second = typed(db, monkeypatch), typed(db, monkeypatch)

    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert first.stdout.startswith("Key, all rights  tael_")
    assert (home / "demo.json").stat().st_mode & 0o77 == 0


def test_the_command_leaves_a_database_alone_that_holds_something_else(keys, db, home, monkeypatch):
    (home / "demo.json").write_text('{"Key, all rights": "tael_of_another_database"}', "utf-8")

    assert isinstance(typed(db, monkeypatch).exception, DatabaseNotEmpty)
