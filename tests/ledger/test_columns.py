"""post_columns: the same rules as post, over whole columns."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookkeeping import FEE, NOON, PAYMENT, Books, open_books
from tael import ledger
from tael.postgres.connect import Databases


def transfers(rows, *, keys=None, kind=PAYMENT, at=NOON) -> ledger.Transfers:
    payer, receiver, amount = zip(*rows, strict=True)
    names = keys or [f"row-{at}" for at in range(len(rows))]
    return ledger.Transfers(
        payer=np.array(payer, dtype=np.int64),
        receiver=np.array(receiver, dtype=np.int64),
        amount=np.array(amount, dtype=np.int64),
        keys=np.frombuffer(
            b"".join(ledger.key_of("test", name).bytes for name in names), dtype="V16"
        ),
        kind=kind,
        effective_at=at,
        actor="test",
        channel="Alipay",
    )


def test_a_batch_without_a_hitch_is_booked_like_single_entries(writer, accounts: Books):
    rows = [
        (accounts.ann, accounts.bob, 100),
        (accounts.bob, accounts.carl, 5_100),
        (accounts.carl, accounts.ann, 5_100),
    ]
    posted = ledger.post_columns(writer, transfers(rows))

    assert not posted.refusals
    assert not posted.replayed.any()
    records = ledger.read_entries(writer, posted.entry_ids.tolist())
    assert [record.legs for record in records] == [
        ((accounts.ann, -100, 9_900), (accounts.bob, 100, 5_100)),
        ((accounts.bob, -5_100, 0), (accounts.carl, 5_100, 5_100)),
        ((accounts.carl, -5_100, 0), (accounts.ann, 5_100, 15_000)),
    ]
    assert {(record.kind, record.channel, record.actor) for record in records} == {
        (PAYMENT.code, "Alipay", "test")
    }
    assert {record.effective_at for record in records} == {NOON}


def test_the_same_batch_again_is_replayed_by_either_way(writer, accounts: Books):
    batch = transfers([(accounts.ann, accounts.bob, at + 1) for at in range(20)])
    first = ledger.post_columns(writer, batch)

    again = ledger.post_columns(writer, batch)
    single = ledger.post(writer, batch.entries())

    assert again.replayed.all()
    assert again.entry_ids.tolist() == first.entry_ids.tolist()
    assert all(isinstance(verdict, ledger.Replayed) for verdict in single)
    assert ledger.balance(writer, accounts.ann) == 10_000 - 210


def test_other_content_under_a_known_key_is_refused_row_by_row(writer, accounts: Books):
    ledger.post_columns(writer, transfers([(accounts.ann, accounts.bob, 5)], keys=["a"]))

    posted = ledger.post_columns(
        writer,
        transfers(
            [(accounts.ann, accounts.bob, 6), (accounts.ann, accounts.bob, 7)], keys=["a", "b"]
        ),
    )

    assert {place: refusal.code for place, refusal in posted.refusals.items()} == {0: "key_reused"}
    assert posted.entry_ids[0] == 0
    assert ledger.balance(writer, accounts.ann) == 10_000 - 12


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("ann", "bob", 10_001), "insufficient_funds"),
        (("ann", "ann", 5), "entry_unbalanced"),
        (("ann", "bob", -5), "entry_unbalanced"),
        (("ann", "income", 5), "mixed_money"),
        (("ann", "ann_usd", 5), "entry_unbalanced"),
    ],
)
def test_a_row_out_of_the_ordinary_is_refused_and_the_others_are_booked(
    writer, accounts: Books, row, code
):
    payer, receiver, amount = row
    rows = [
        (accounts.bank, accounts.carl, 5),
        (getattr(accounts, payer), getattr(accounts, receiver), amount),
        (accounts.carl, accounts.ann, 5),
    ]
    posted = ledger.post_columns(writer, transfers(rows))

    assert [refusal.code for refusal in posted.refusals.values()] == [code]
    assert (posted.entry_ids > 0).tolist() == [True, False, True]


def test_an_unknown_account_and_a_closed_period_are_refused(writer, accounts: Books):
    unknown = ledger.post_columns(writer, transfers([(accounts.ann, 999_999, 5)]))
    ledger.close_period(writer, through=NOON, actor="test")
    late = ledger.post_columns(writer, transfers([(accounts.ann, accounts.bob, 5)]))

    assert unknown.refusals[0].code == "unknown_account"
    assert late.refusals[0].code == "period_closed"


def test_a_kind_that_may_mix_mixes(writer, accounts: Books):
    posted = ledger.post_columns(writer, transfers([(accounts.ann, accounts.income, 5)], kind=FEE))
    assert not posted.refusals


def test_no_rows_are_no_work(writer, accounts: Books):
    none = transfers([(accounts.ann, accounts.bob, 1)])
    empty = ledger.Transfers(
        payer=none.payer[:0],
        receiver=none.receiver[:0],
        amount=none.amount[:0],
        keys=none.keys[:0],
        kind=PAYMENT,
        effective_at=NOON,
        actor="test",
    )
    assert len(ledger.post_columns(writer, empty).entry_ids) == 0


def test_digests_tell_rows_apart():
    batch = transfers([(1, 2, 3), (2, 1, 3), (1, 2, 4), (1, 3, 2), (3, 2, 1), (1, 2, 3)])
    digests = [UUID(bytes=digest) for digest in batch.digests().tolist()]
    assert len(set(digests)) == 5
    assert digests[0] == digests[5]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 6_000)),
        min_size=1,
        max_size=40,
    )
)
def test_columns_and_single_entries_never_disagree(db: Databases, rows):
    """The same batch by both ways, each rolled back: the same verdicts and the same balances."""
    with psycopg.connect(db.app_dsn) as connection:
        books = open_books(connection)
        who = [books.ann, books.bob, books.carl, books.bank, books.income]
        batch = transfers([(who[a], who[b], amount) for a, b, amount in rows])
        outcomes = []
        for way in ("columns", "single"):
            with connection.transaction(force_rollback=True):
                if way == "columns":
                    posted = ledger.post_columns(connection, batch)
                    codes = [
                        posted.refusals[at].code if at in posted.refusals else "posted"
                        for at in range(len(rows))
                    ]
                else:
                    codes = [
                        v.refusal.code if isinstance(v, ledger.Refused) else "posted"
                        for v in ledger.post(connection, batch.entries())
                    ]
                outcomes.append((codes, ledger.balances(connection, who)))
        assert outcomes[0] == outcomes[1]
        connection.rollback()
