"""Lines of an account: whatever is asked for, subtotals and the lines themselves give the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

import psycopg
import pytest

from settlement_bill_builders import a_line, an_account_since
from tael import books
from tael.assurance.account_subtotal_proofs import ACCOUNT_SUBTOTAL_PROOFS
from tael.ledger import MAIN
from tael.settlement.accounts.account_lines import (
    NEWEST,
    Span,
    first_effect,
    lines_by_effect,
    newest_line,
    newest_lines,
    sums_of,
)
from tael.settlement.accounts.account_subtotal import add_up_accounts, forget_account_subtotals

AT = datetime(2026, 10, 1, tzinfo=UTC)
PAID = "settlement.remittance"


class Line(NamedTuple):
    """A line as it was made."""

    number: int
    at: datetime
    amount: int


def many_lines(account, many, random):
    """Lines in effect on any of twelve days, in no order."""
    made = []
    for number in range(1, many + 1):
        at = AT + timedelta(days=random.randrange(12))
        amount = random.choice([300, -100])
        a_line(account, f"{amount / 100:.2f}", at=at)
        made.append(Line(number, at, amount))
    return made


def fits(line, span):
    return (
        span.above < line.number <= span.seen
        and line.at < span.until
        and (line.at >= span.since or line.number > span.told)
    )


def drawn(random, many):
    """Any span: a period, what was known, what an earlier report knew."""
    first, last = sorted(random.choices(range(14), k=2))
    return Span(
        since=AT + timedelta(days=first - 1),
        until=AT + timedelta(days=last),
        above=random.choice([0, 0, random.randrange(many)]),
        seen=random.choice([NEWEST, random.randrange(many + 1)]),
        told=random.choice([NEWEST, random.randrange(many + 1)]),
    )


def check(account, made, span, before, limit):
    """Compare sums, a page and all lines of a span with what was made."""
    wanted = [line for line in made if fits(line, span)]
    came = sum(max(line.amount, 0) for line in wanted)
    went = sum(min(line.amount, 0) for line in wanted)
    assert [one[1:] for one in sums_of(account, span)] == [(len(wanted), came, went)] * bool(wanted)
    page = [line.number for line in wanted if line.number < before][::-1][:limit]
    read = newest_lines(account, span, before=before, limit=limit)
    assert [row[0] for row in read] == page
    in_order = sorted(wanted, key=lambda line: (line.at, line.number))
    by_effect = lines_by_effect(account, span, opening=7)
    assert [row[0] for row in by_effect] == [line.number for line in in_order]
    assert not in_order or by_effect[-1][8] == 7 + came + went


@pytest.mark.rule("B-06", "B-28", "I3")
def test_sums_and_pages_are_those_of_the_lines_wherever_subtotals_begin_and_end(db):
    random = Random(5)
    account = an_account_since(AT)
    made = many_lines(account, 14, random)
    assert add_up_accounts(lines=3) == 4
    made += [line._replace(number=line.number + 14) for line in many_lines(account, 7, random)]
    assert (add_up_accounts(lines=4), add_up_accounts(lines=4)) == (2, 0)

    for _ in range(80):
        before = random.choice([NEWEST, random.randrange(1, 23)])
        check(account, made, drawn(random, 21), before, random.choice([1, 4, 50]))

    balances = [row[8] for row in newest_lines(account, Span(), before=NEWEST, limit=50)]
    assert balances[0] == sum(line.amount for line in made)
    assert (newest_line(account), first_effect(account)) == (21, min(line.at for line in made))
    assert sums_of(account, Span(kinds=(PAID,))) == []
    assert newest_lines(account, Span(kinds=(PAID,)), before=NEWEST, limit=5) == []
    (proof,) = ACCOUNT_SUBTOTAL_PROOFS
    assert proof.run(books.connection(), MAIN).violations == ()


@pytest.mark.rule("I3")
def test_the_application_removes_no_subtotal_and_its_owner_has_them_made_again(db):
    account = an_account_since(AT)
    for _ in range(4):
        a_line(account, "1.00", at=AT)
    assert add_up_accounts(lines=2) == 2

    with db.app() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("DELETE FROM settlement_subtotal")
    with db.owner() as owner:
        forget_account_subtotals(owner)

    assert add_up_accounts(lines=4) == 1
    assert [one[1:] for one in sums_of(account)] == [(4, 400, 0)]
