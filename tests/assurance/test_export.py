"""The real hledger and the real beancount compute every balance again, from the export alone."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from beancount import loader
from beancount.core import realization

from assurance.histories import UNITS, random_history, stored
from tael import ledger
from tael.assurance import journal
from tael.assurance.account_names import (
    beancount_account,
    beancount_commodity,
    hledger_account,
    hledger_commodity,
)
from tael.assurance.export import Format, export_journal

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(
    HLEDGER is None, reason="hledger is not installed (Debian: apt-get install hledger)"
)
SEEDS = (1, 2, 3)
EXPONENTS = {unit.code: unit.exponent for unit in UNITS}


def exported(connection: psycopg.Connection, format: Format, **part: Any) -> str:  # noqa: A002
    out = StringIO()
    export_journal(connection, format, out, **part)
    return out.getvalue()


def expected(connection: psycopg.Connection, sign: int = 1) -> dict[tuple[str, str], Decimal]:
    """What another program must say: its name of account and commodity, and the amount, without zeros."""
    alike = journal.alike(connection)
    amounts = {}
    for account in ledger.accounts(connection):
        code = account.code
        apart = account.id if account.id in alike else None
        amount = Decimal(sign * account.balance).scaleb(-EXPONENTS[account.currency])
        if amount:
            amounts[hledger_account(account.class_, code), hledger_commodity(account.currency)] = (
                amount
            )
            amounts[
                beancount_account(account.class_, code, apart=apart),
                beancount_commodity(account.currency),
            ] = amount
    return amounts


def hledger(text: str, tmp_path: Path, *arguments: str) -> dict[tuple[str, str], Decimal]:
    """Let hledger compute the balances, in its strict mode."""
    path = tmp_path / "book.hledger"
    path.write_text(text, encoding="utf-8", newline="")
    command = [str(HLEDGER), "-f", str(path), "balance", "--strict", "-N", "--flat", "-O", "csv"]
    run = subprocess.run([*command, *arguments], capture_output=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    amounts = {}
    for account, amount in list(csv.reader(run.stdout.decode().splitlines()))[1:]:
        number, _, unit = amount.partition(" ")
        amounts[account, unit] = Decimal(number)
    return amounts


def beancount(text: str, tmp_path: Path) -> dict[tuple[str, str], Decimal]:
    """Let beancount compute the balances; it must find nothing to complain about."""
    path = tmp_path / "book.beancount"
    path.write_text(text, encoding="utf-8", newline="")
    directives, errors, _ = loader.load_file(str(path))
    assert not errors, errors[:3]
    return {
        (account.account, unit): amount
        for account in realization.iter_children(realization.realize(directives))
        for (unit, _), amount in (
            (position, position_amount.units.number)
            for position, position_amount in account.balance.items()
        )
    }


@needs_hledger
@pytest.mark.rule("T27")
@pytest.mark.parametrize("seed", SEEDS)
def test_hledger_computes_the_same_balances_to_the_last_unit(
    connection: psycopg.Connection, tmp_path: Path, seed: int
) -> None:
    random_history(connection, seed)
    ours = expected(connection)

    theirs = hledger(exported(connection, "hledger"), tmp_path)

    assert len(theirs) > 20
    assert theirs == {name: ours[name] for name in theirs}
    assert len(theirs) == sum(1 for _, _, minor in stored(connection).values() if minor)


@pytest.mark.rule("T27")
@pytest.mark.parametrize("seed", SEEDS)
def test_beancount_computes_the_same_balances_to_the_last_unit(
    connection: psycopg.Connection, tmp_path: Path, seed: int
) -> None:
    random_history(connection, seed)
    ours = expected(connection)

    theirs = beancount(exported(connection, "beancount"), tmp_path)

    assert len(theirs) > 20
    assert theirs == {name: ours[name] for name in theirs}
    assert len(theirs) == sum(1 for _, _, minor in stored(connection).values() if minor)


@needs_hledger
def test_the_signs_can_be_an_accountants(connection: psycopg.Connection, tmp_path: Path) -> None:
    random_history(connection, 4, entries=20)
    ours = expected(connection, sign=-1)

    hledgers = hledger(exported(connection, "hledger", debit_positive=True), tmp_path)
    beancounts = beancount(exported(connection, "beancount", debit_positive=True), tmp_path)

    assert hledgers == {name: ours[name] for name in hledgers}
    assert beancounts == {name: ours[name] for name in beancounts}


@needs_hledger
def test_parts_of_a_book_bring_forward_what_was_before(db: Any, tmp_path: Path) -> None:
    with db.app() as connection:
        for seed in (5, 6):  # two transactions, booked one after the other
            random_history(connection, seed, entries=40)
            connection.commit()
            if seed == 5:
                before = expected(connection)
                row = connection.execute("SELECT clock_timestamp()").fetchone()
        assert row
        middle: datetime = row[0]
        after = expected(connection)
        connection.rollback()

        first = {f: exported(connection, f, until=middle) for f in ("hledger", "beancount")}
        second = {f: exported(connection, f, since=middle) for f in ("hledger", "beancount")}

    assert first["hledger"].count(" * (") < 60
    for text, amounts in ((first, before), (second, after)):
        theirs = {
            **hledger(text["hledger"], tmp_path),
            **beancount(text["beancount"], tmp_path),
        }
        assert theirs == amounts


@needs_hledger
@pytest.mark.parametrize("wrong", ["balance", "line"])
def test_the_file_refuses_itself_when_the_stored_balance_is_another(
    owner: psycopg.Connection, tmp_path: Path, wrong: str
) -> None:
    random_history(owner, 7, entries=20)
    account = next(a for a in ledger.accounts(owner) if a.balance)
    if wrong == "balance":
        owner.execute("UPDATE ledger.account SET balance = balance + 1 WHERE id = %s", [account.id])
    else:
        owner.execute(
            "UPDATE ledger.posting SET amount = amount + 1 WHERE id = %s", [account.last_posting]
        )

    path = tmp_path / "book.beancount"
    path.write_text(exported(owner, "beancount"), encoding="utf-8")
    _, errors, _ = loader.load_file(str(path))

    assert any("Balance failed" in error.message for error in errors)
    with pytest.raises(AssertionError, match=r"balance assertion|could not balance"):
        hledger(exported(owner, "hledger"), tmp_path)


def test_no_text_can_begin_a_line_of_its_own(connection: psycopg.Connection) -> None:
    random_history(connection, 8)
    rows = connection.execute("SELECT count(*) FROM ledger.posting").fetchone()

    table = exported(connection, "csv")

    assert rows
    assert len(table.splitlines()) == table.count("\n") == rows[0] + 1
    for form in ("hledger", "beancount"):
        text = exported(connection, form)
        assert len(text.splitlines()) == text.count("\n")
        assert not [line for line in text.splitlines() if line.startswith("2020-")]


def test_every_entry_stands_once_in_the_order_of_its_number(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_history(connection, 9, entries=60)
    at_once = {form: exported(connection, form) for form in ("csv", "hledger", "beancount")}
    monkeypatch.setattr(journal, "AT_A_TIME", 7)

    in_portions = {form: exported(connection, form) for form in at_once}

    assert in_portions == at_once
    numbers = [int(row["entry"]) for row in csv.DictReader(StringIO(at_once["csv"]))]
    assert numbers == sorted(numbers)
    ids = connection.execute("SELECT id FROM ledger.entry ORDER BY id").fetchall()
    assert sorted(set(numbers)) == [number for (number,) in ids]


def test_amounts_carry_the_decimals_of_their_currency(connection: psycopg.Connection) -> None:
    random_history(connection, 10, entries=60)

    rows = list(csv.DictReader(StringIO(exported(connection, "csv"))))

    for row in rows:
        for amount in (row["amount"], row["balance_after"]):
            assert len(amount.partition(".")[2]) == EXPONENTS[row["currency"]], row


def test_an_export_reads_one_moment_while_money_moves(db: Any) -> None:
    with db.app() as connection, db.app() as other:
        random_history(connection, 11, entries=30)
        connection.commit()
        whole = exported(connection, "csv")
        with journal.one_moment(connection):
            found = journal.entries(connection)
            next(found)
            entry = ledger.Entry(
                kind=ledger.Kind("test.later", "Later", mixes=True),
                legs=tuple(
                    ledger.Leg(account, 1 - 2 * at) for at, account in enumerate(_two(other))
                ),
                key=ledger.key_of("test", "later"),
                effective_at=datetime(2026, 5, 1, tzinfo=UTC),
                actor="test",
            )
            ledger.post(other, [entry], atomic=True)
            other.commit()
            numbers = {line.partition(",")[0] for line in whole.splitlines()[1:]}
            assert 1 + sum(1 for _ in found) == len(numbers)
            assert exported(connection, "csv") == whole
        assert exported(connection, "csv") != whole


def _two(connection: psycopg.Connection) -> list[int]:
    accounts = [a.id for a in ledger.accounts(connection) if a.currency == "CNY"]
    return accounts[:2]


def test_an_empty_book_is_exported_too(connection: psycopg.Connection, tmp_path: Path) -> None:
    assert exported(connection, "csv").count("\n") == 1
    assert beancount(exported(connection, "beancount"), tmp_path) == {}
    if HLEDGER:
        assert hledger(exported(connection, "hledger"), tmp_path) == {}


def test_a_book_whose_account_is_missing_says_so(owner: psycopg.Connection) -> None:
    random_history(owner, 12, entries=5)
    owner.execute(
        "DELETE FROM ledger.account WHERE id = (SELECT account FROM ledger.posting LIMIT 1)"
    )

    with pytest.raises(journal.BookUnreadable):
        exported(owner, "csv")
