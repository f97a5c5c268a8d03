"""A large batch of plain entries goes as whole columns; nobody may notice but by the clock."""

from __future__ import annotations

import sys
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookkeeping import FEE, NOON, PAYMENT, Books, open_books
from tael import ledger
from tael.ledger.plain import as_plain
from tael.postgres.connect import Databases

NEVER = 10**9
POSTING = sys.modules["tael.ledger.post"]  # the package gives the function under this name


def entry(
    giver: int, taker: int, amount: int, key: str, *, swapped: bool = False, **words
) -> ledger.Entry:
    legs = (ledger.Leg(giver, -amount), ledger.Leg(taker, amount))
    return ledger.Entry(
        kind=words.pop("kind", PAYMENT),
        legs=legs[::-1] if swapped else legs,
        key=ledger.key_of("test", key),
        effective_at=words.pop("at", NOON),
        actor=words.pop("actor", "test"),
        **words,
    )


ROWS = st.lists(
    st.tuples(
        st.integers(0, 4),  # who gives
        st.integers(0, 4),  # who gets
        st.integers(1, 4_000),
        st.integers(0, 60),  # its key: some come twice
        st.booleans(),  # the receiver's leg first
        st.sampled_from(["", "rent"]),
        st.integers(0, 3),  # hours later
    ),
    min_size=1,
    max_size=30,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_columns_and_single_entries_give_the_same_verdicts(db: Databases, rows):
    with psycopg.connect(db.app_dsn) as connection:
        books = open_books(connection)
        who = [books.ann, books.bob, books.carl, books.bank, books.income]
        outcomes = []
        for from_ in (1, NEVER):
            batch = [
                entry(
                    who[giver],
                    who[taker],
                    amount,
                    f"row-{key}",
                    swapped=swapped,
                    info=info,
                    at=NOON + timedelta(hours=hours),
                )
                for giver, taker, amount, key, swapped, info, hours in rows
            ]
            with (
                connection.transaction(force_rollback=True),
                pytest.MonkeyPatch.context() as patch,
            ):
                patch.setattr(POSTING, "PLAIN_FROM", from_)
                verdicts = ledger.post(connection, batch)
                patch.setattr(POSTING, "PLAIN_FROM", NEVER)
                again = ledger.post(connection, batch)
                outcomes.append(([_told(v) for v in verdicts], [_told(v) for v in again]))
        assert outcomes[0] == outcomes[1]
        connection.rollback()


def _told(verdict: ledger.Verdict) -> tuple[object, ...]:
    if isinstance(verdict, ledger.Refused):
        return verdict.refusal.code, verdict.refusal.allowed
    return verdict.legs, verdict.effective_at, verdict.replayed


def test_what_is_written_is_the_same_to_the_last_word(writer, accounts: Books, monkeypatch):
    records = []
    for from_ in (1, NEVER):
        monkeypatch.setattr(POSTING, "PLAIN_FROM", from_)
        batch = [
            entry(accounts.ann, accounts.bob, 1, f"{from_}-1", info='a "word"', sno="s-1"),
            entry(accounts.bob, accounts.carl, 2, f"{from_}-2", data={"order": 7}, code="C"),
            entry(accounts.ann, accounts.carl, 3, f"{from_}-3", at=NOON + timedelta(days=1)),
        ]
        verdicts = ledger.post(writer, batch)
        found = ledger.read_entries(writer, [verdict.entry_id for verdict in verdicts])
        records.append(
            [
                (
                    r.kind,
                    r.effective_at,
                    r.actor,
                    r.sno,
                    r.info,
                    r.code,
                    r.data,
                    [x[:2] for x in r.legs],
                )
                for r in found
            ]
        )
    assert records[0] == records[1]


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": FEE},
        {"actor": "another"},
        {"channel": "Alipay"},
        {"reverses": 1},
        {"aliases": (ledger.key_of("test", "alias"),)},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_entries_that_are_not_alike_are_judged_one_by_one(odd):
    batch = [entry(1, 2, 3, "a"), entry(1, 2, 3, "b", **odd)]
    assert as_plain(batch) is None
    assert as_plain(batch[:1]) is not None


def test_entries_of_more_legs_or_of_draws_are_judged_one_by_one():
    plain, other = entry(1, 2, 3, "a"), entry(1, 2, 3, "b")
    other.legs = (ledger.Draw((1, 3), 3), ledger.Leg(2, 3))
    assert as_plain([plain, other]) is None
    other.legs = (ledger.Leg(1, -3), ledger.Leg(2, 2), ledger.Leg(3, 1))
    assert as_plain([plain, other]) is None
    other.legs = (ledger.Leg(1, -(2**70)), ledger.Leg(2, 2**70))
    assert as_plain([plain, other]) is None
