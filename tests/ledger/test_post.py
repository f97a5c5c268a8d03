"""post: the one writer of money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from bookkeeping import FEE, NOON, Books, pay, post_one, refusal_of
from tael import ledger


def balance(connection: psycopg.Connection, account: int) -> int:
    return ledger.balance(connection, account)


def test_an_entry_moves_money_and_says_what_is_left(writer, accounts: Books):
    verdict = post_one(writer, pay(accounts.ann, accounts.bob, 2_500))

    assert isinstance(verdict, ledger.Posted)
    assert verdict.legs == ((accounts.ann, -2_500, 7_500), (accounts.bob, 2_500, 7_500))
    assert ledger.balances(writer, [accounts.ann, accounts.bob]) == {
        accounts.ann: 7_500,
        accounts.bob: 7_500,
    }


def test_each_entry_sees_what_the_accepted_ones_before_it_have_left(writer, accounts: Books):
    verdicts = ledger.post(
        writer,
        [
            pay(accounts.ann, accounts.carl, 10_000),
            pay(accounts.ann, accounts.carl, 1),
            pay(accounts.carl, accounts.bob, 10_000),
            pay(accounts.bob, accounts.ann, 15_000),
        ],
    )

    assert refusal_of(verdicts[1]) == "insufficient_funds"
    assert balance(writer, accounts.ann) == 15_000
    assert balance(writer, accounts.bob) == balance(writer, accounts.carl) == 0


def test_a_refused_entry_names_what_is_there(writer, accounts: Books):
    verdict = post_one(writer, pay(accounts.ann, accounts.bob, 10_001))

    assert isinstance(verdict, ledger.Refused)
    refusal = verdict.refusal
    assert isinstance(refusal, ledger.InsufficientFunds)
    assert (refusal.wanted, refusal.available, refusal.field) == (10_001, 10_000, "amount")
    assert balance(writer, accounts.ann) == 10_000


@pytest.mark.rule("F-27")
def test_a_draw_takes_from_the_accounts_in_their_order(writer, accounts: Books):
    ledger.post(writer, [pay(accounts.bank, accounts.ann_gift, 1_000)], atomic=True)

    verdict = post_one(
        writer, pay((accounts.ann_gift, accounts.ann), accounts.income, 1_500, kind=FEE)
    )

    assert isinstance(verdict, ledger.Posted)
    assert balance(writer, accounts.ann_gift) == 0
    assert balance(writer, accounts.ann) == 9_500


def test_a_draw_beyond_all_accounts_says_what_they_hold_together(writer, accounts: Books):
    ledger.post(writer, [pay(accounts.bank, accounts.ann_gift, 1_000)], atomic=True)

    verdict = post_one(
        writer, pay((accounts.ann_gift, accounts.ann), accounts.income, 11_001, kind=FEE)
    )

    assert isinstance(verdict, ledger.Refused)
    assert isinstance(verdict.refusal, ledger.InsufficientFunds)
    assert verdict.refusal.available == 11_000


def test_a_batch_that_must_be_whole_writes_nothing_when_one_is_refused(writer, accounts: Books):
    with pytest.raises(ledger.InsufficientFunds):
        ledger.post(
            writer,
            [pay(accounts.ann, accounts.bob, 1), pay(accounts.ann, accounts.bob, 99_999)],
            atomic=True,
        )

    assert balance(writer, accounts.ann) == 10_000


class TestKeys:
    """I8: a key writes one entry, for ever."""

    def test_the_same_request_again_gives_the_first_answer(self, writer, accounts: Books):
        entry = pay(accounts.ann, accounts.bob, 100, key="order-1")
        first = post_one(writer, entry)
        post_one(writer, pay(accounts.ann, accounts.bob, 5))

        again = post_one(writer, replace(entry, actor="another", effective_at=NOON + timedelta(1)))

        assert isinstance(first, ledger.Posted)
        assert isinstance(again, ledger.Replayed)
        assert (again.entry_id, again.legs, again.booked_at) == (
            first.entry_id,
            first.legs,
            first.booked_at,
        )
        assert balance(writer, accounts.ann) == 9_895

    def test_a_repetition_within_one_batch_is_found_too(self, writer, accounts: Books):
        entry = pay(accounts.ann, accounts.bob, 100, key="order-1")

        first, again = ledger.post(writer, [entry, entry])

        assert isinstance(again, ledger.Replayed)
        assert isinstance(first, ledger.Posted)
        assert again.entry_id == first.entry_id
        assert balance(writer, accounts.ann) == 9_900

    @pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
    @pytest.mark.parametrize(
        ("field", "changed"),
        [
            ("amount", {}),
            ("info", {"info": "another word"}),
            ("sno", {"sno": "320260630120000777"}),
            ("pno", {"pno": "4711"}),
            ("channel", {"channel": "Alipay"}),
            ("code", {"code": "Other"}),
            ("kind", {"kind": FEE}),
        ],
    )
    def test_other_content_under_the_same_key_is_refused_by_field(
        self, writer, accounts: Books, field, changed, together
    ):
        first = pay(accounts.ann, accounts.bob, 100, key="order-1")
        other = replace(pay(accounts.ann, accounts.bob, 200, key="order-1"), **changed)

        if together:
            verdict = ledger.post(writer, [first, other])[1]
        else:
            post_one(writer, first)
            verdict = post_one(writer, other)

        assert refusal_of(verdict) == "key_reused"
        assert isinstance(verdict, ledger.Refused)
        assert verdict.refusal.field == field
        assert balance(writer, accounts.ann) == 9_900

    @pytest.mark.rule("F-20")
    def test_an_alias_finds_the_entry_like_its_key(self, writer, accounts: Books):
        sno = ledger.key_of("sno", "42020011516540610012")
        first = replace(pay(accounts.ann, accounts.bob, 100, key="a"), aliases=(sno,))
        post_one(writer, first)

        again = post_one(writer, replace(first, key=ledger.key_of("test", "b")))

        assert isinstance(again, ledger.Replayed)
        assert balance(writer, accounts.ann) == 9_900

    def test_a_refused_request_leaves_its_key_free(self, writer, accounts: Books):
        entry = pay(accounts.carl, accounts.bob, 100, key="order-1")
        assert refusal_of(post_one(writer, entry)) == "insufficient_funds"
        post_one(writer, pay(accounts.ann, accounts.carl, 100))

        assert isinstance(post_one(writer, entry), ledger.Posted)

    def test_a_request_that_joins_two_known_keys_is_refused(self, writer, accounts: Books):
        one = pay(accounts.ann, accounts.bob, 100, key="a")
        two = pay(accounts.ann, accounts.bob, 100, key="b")
        ledger.post(writer, [one, two])

        verdict = post_one(writer, replace(one, aliases=(two.key,)))

        assert refusal_of(verdict) == "key_reused"


class TestRefusals:
    """Each of them changes nothing; the balances are proved after every test."""

    def test_an_unknown_account(self, writer, accounts: Books):
        assert refusal_of(post_one(writer, pay(accounts.ann, 999_999, 1))) == "unknown_account"
        assert refusal_of(post_one(writer, pay(999_999, accounts.ann, 1))) == "unknown_account"

    def test_legs_that_do_not_sum_to_zero(self, writer, accounts: Books):
        entry = replace(
            pay(accounts.ann, accounts.bob, 5),
            legs=(ledger.Leg(accounts.ann, -5), ledger.Leg(accounts.bob, 4)),
        )
        assert refusal_of(post_one(writer, entry)) == "entry_unbalanced"

    def test_legs_that_sum_to_zero_only_across_currencies(self, writer, accounts: Books):
        entry = replace(
            pay(accounts.ann, accounts.ann_usd, 5),
            legs=(ledger.Leg(accounts.ann, -5), ledger.Leg(accounts.ann_usd, 5)),
        )
        assert refusal_of(post_one(writer, entry)) == "entry_unbalanced"

    @pytest.mark.parametrize("amount", [0, -5])
    def test_a_draw_of_nothing_or_less(self, writer, accounts: Books, amount):
        assert (
            refusal_of(post_one(writer, pay(accounts.ann, accounts.bob, amount)))
            == "entry_unbalanced"
        )

    def test_a_payment_to_oneself(self, writer, accounts: Books):
        assert (
            refusal_of(post_one(writer, pay(accounts.ann, accounts.ann, 5))) == "entry_unbalanced"
        )

    def test_client_money_that_would_reach_the_house(self, writer, accounts: Books):
        assert refusal_of(post_one(writer, pay(accounts.ann, accounts.income, 5))) == "mixed_money"
        assert isinstance(
            post_one(writer, pay(accounts.ann, accounts.income, 5, kind=FEE)), ledger.Posted
        )

    def test_a_blocked_account(self, writer, accounts: Books):
        ledger.block(writer, accounts.ann, "debit")
        assert refusal_of(post_one(writer, pay(accounts.ann, accounts.bob, 5))) == "account_blocked"
        assert isinstance(post_one(writer, pay(accounts.bob, accounts.ann, 5)), ledger.Posted)

        ledger.block(writer, accounts.ann, "credit")
        assert isinstance(post_one(writer, pay(accounts.ann, accounts.bob, 5)), ledger.Posted)
        assert refusal_of(post_one(writer, pay(accounts.bob, accounts.ann, 5))) == "account_blocked"

    def test_a_blocked_account_takes_part_in_what_only_gives_back(self, writer, accounts: Books):
        back = ledger.Kind("test.back", "Given back", gives_back=True)
        ledger.block(writer, accounts.ann, "both")
        for there, here in ((accounts.bob, accounts.ann), (accounts.ann, accounts.bob)):
            given = post_one(writer, pay(there, here, 5, kind=back))
            assert isinstance(given, ledger.Posted)
        ledger.close_account(writer, accounts.carl)
        refused = post_one(writer, pay(accounts.ann, accounts.carl, 5, kind=back))
        assert refusal_of(refused) == "account_blocked"

    def test_a_closed_account(self, writer, accounts: Books):
        ledger.close_account(writer, accounts.carl)
        assert (
            refusal_of(post_one(writer, pay(accounts.ann, accounts.carl, 5))) == "account_blocked"
        )

    def test_a_balance_that_the_books_cannot_hold(self, writer, accounts: Books):
        most = 9 * 10**18
        assert (
            refusal_of(post_one(writer, pay(accounts.bank, accounts.carl, most)))
            == "balance_too_large"
        )

    def test_a_closed_period(self, writer, accounts: Books):
        ledger.close_period(writer, through=NOON, actor="user:10000")

        late = pay(accounts.ann, accounts.bob, 5, at=NOON)
        assert refusal_of(post_one(writer, late)) == "period_closed"
        assert isinstance(
            post_one(
                writer, pay(accounts.ann, accounts.bob, 5, at=NOON + timedelta(microseconds=1))
            ),
            ledger.Posted,
        )


def test_words_are_kept_with_the_entry_as_they_were_said(writer, accounts: Books):
    said = 'back\\slash "quoted" {curly}, NULL, 重新\nline 2'
    entry = replace(
        pay(accounts.ann, accounts.bob, 5, info=said, sno="320260630120000777"),
        pno="p,{}",
        code="Transfer",
        channel="Alipay",
        data={"rate": "7.2", "名": 'a"b'},
    )
    verdict = post_one(writer, entry)

    assert isinstance(verdict, ledger.Posted)
    record = ledger.read_entry(writer, verdict.entry_id)
    assert (record.info, record.sno, record.pno, record.code, record.channel) == (
        said,
        "320260630120000777",
        "p,{}",
        "Transfer",
        "Alipay",
    )
    assert record.data == {"rate": "7.2", "名": 'a"b'}
    assert record.effective_at == NOON


def test_a_large_batch_is_written_like_a_small_one(writer, accounts: Books):
    """Above 64 entries rows go by COPY: the same words, numbers and verdicts."""
    said = 'tab\there, back\\slash, "quoted", 重新'
    entries = [
        replace(pay(accounts.bank, accounts.carl, at + 1, info=said), data={"place": at})
        for at in range(200)
    ]
    entries[7] = pay(accounts.ann, accounts.bob, 10_001)

    verdicts = ledger.post(writer, entries)

    assert refusal_of(verdicts[7]) == "insufficient_funds"
    posted = [verdict for verdict in verdicts if isinstance(verdict, ledger.Posted)]
    assert len(posted) == 199
    records = ledger.read_entries(writer, [verdict.entry_id for verdict in posted])
    assert [record.data for record in records] == [{"place": at} for at in range(200) if at != 7]
    assert {record.info for record in records} == {said}
    assert [record.legs for record in records] == [verdict.legs for verdict in posted]
    assert ledger.balance(writer, accounts.carl) == sum(range(1, 201)) - 8


def test_the_ledger_does_not_write_in_autocommit(connection: psycopg.Connection):
    connection.autocommit = True
    with pytest.raises(RuntimeError, match="transaction"):
        ledger.post(connection, [pay(1, 2, 1)])


def test_a_verdict_tells_the_balances_that_the_entry_watches_as_the_entry_left_them(
    writer, accounts: Books
):
    watching = [
        replace(pay(accounts.ann, accounts.carl, 1), watch=(accounts.bob, accounts.ann)),
        pay(accounts.bob, accounts.ann, 5_000),
        replace(pay(accounts.ann, accounts.carl, 1), watch=(accounts.bob,)),
    ]

    first, _, third = ledger.post(writer, watching)

    assert first.watched == ((accounts.bob, 5_000), (accounts.ann, 9_999))
    assert third.watched == ((accounts.bob, 0),)


def test_what_an_entry_watches_is_no_part_of_what_it_asks(writer, accounts: Books):
    entry = pay(accounts.ann, accounts.carl, 1, key="once")
    post_one(writer, entry)

    again = post_one(writer, replace(entry, watch=(accounts.bob, 10**9)))

    assert again.replayed
