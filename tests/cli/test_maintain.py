"""`tael maintain`: expired holds go back, and a second run finds nothing to do."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner

import builders
from tael.cli import maintain as command
from tael.postgres.connect import Databases
from tael.wallet.flow_events import tell_new_entries
from tael.wallet.freeze import freeze


@pytest.fixture
def run(db: Databases, monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def this_one():
        yield db

    monkeypatch.setattr(command, "opened_database", this_one)
    return lambda *words: CliRunner().invoke(command.maintain, words, catch_exceptions=False)


@pytest.mark.rule("F-31")
def test_an_expired_hold_goes_back_once_and_an_open_one_stays(run):
    wallet = builders.a_wallet(free="100.00")
    for days in (1, 36_500):
        freeze(
            wallet=wallet,
            amount=builders.money("30.00"),
            instruction=builders.an_instruction(),
            expires_at=builders.AT + timedelta(days=days),
        )

    assert "Holds expired: 1. Leaves indexed: 0." in run().output
    assert "Holds expired: 0. Leaves indexed: 0." in run().output
    assert builders.figures_now([wallet])[wallet.number].frozen == builders.money("30.00")


def test_days_are_made_anew_when_asked(run, db: Databases):
    builders.a_wallet(free="100.00")
    assert "Entries added up: 0." in run().output  # booked less than a minute ago
    tell_new_entries()
    assert "Entries added up: 1." in run().output
    with db.owner() as owner:
        owner.execute("UPDATE wallet_flow_day SET amount = 7")

    assert "Entries added up: 1." in run("--sums-anew").output
    with db.owner() as owner:
        assert owner.execute("SELECT amount FROM wallet_flow_day").fetchall() == [(10_000,)]
