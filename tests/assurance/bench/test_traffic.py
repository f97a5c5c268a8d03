"""Transfers of a benchmark: who pays whom, and under which keys."""

from __future__ import annotations

import time
from itertools import islice

import numpy as np

from tael.assurance.bench.traffic import AMOUNT_MAX, Traffic

ACCOUNTS = range(101, 151)


def test_nobody_pays_himself_and_only_the_given_accounts_move():
    payer, receiver, amount = Traffic(ACCOUNTS, seed=1).pairs(5_000)

    assert not (payer == receiver).any()
    assert set(payer) | set(receiver) == set(ACCOUNTS)
    assert amount.min() >= 1
    assert amount.max() <= AMOUNT_MAX


def test_the_hot_account_gets_half_of_all_transfers():
    payer, receiver, _ = Traffic(ACCOUNTS, seed=1, hot=120).pairs(20_000)

    assert 0.47 < (receiver == 120).mean() < 0.53
    assert not (payer == receiver).any()


def test_the_same_seed_draws_the_same_transfers():
    one, two = Traffic(ACCOUNTS, seed=7), Traffic(ACCOUNTS, seed=7)

    for drawn, again in zip(one.pairs(100), two.pairs(100), strict=True):
        assert (drawn == again).all()


def test_entries_balance_and_have_keys_of_their_own():
    entries = list(islice(Traffic(ACCOUNTS, seed=1).entries(), 3_000))

    assert len({entry.key for entry in entries}) == 3_000
    for entry in entries:
        assert sum(leg.amount for leg in entry.legs) == 0


def test_keys_of_columns_begin_as_the_ledger_begins_the_key_of_a_uuid7():
    traffic = Traffic(ACCOUNTS, seed=1)
    before = time.time_ns() // 1_000_000
    first = next(traffic.singles()).key
    column = traffic.keys(1_000)
    after = time.time_ns() // 1_000_000

    times = [int.from_bytes(key.tobytes()[:6]) for key in column]
    assert before <= int.from_bytes(first.bytes[:6]) <= min(times)
    assert max(times) <= after
    assert len(np.unique(column.view("S16"))) == 1_000
