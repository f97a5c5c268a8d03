"""The doctor finds nothing where nothing is wrong, and says what it has looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from psycopg.pq import ExecStatus

from assurance.corruptions import PLANTED
from assurance.histories import random_history
from assurance.lived_in import LivedIn, lived_in
from builders import a_wallet
from proven import AS_WRITTEN, Proven
from tael import ledger
from tael.assurance import trail_proofs
from tael.assurance.doctor import DOMAIN_PROOFS, examine
from tael.assurance.ledger_proofs import BOOK_PROOFS
from tael.assurance.proof import Proof
from tael.assurance.rights import check_rights
from tael.assurance.schema import check_schema
from tael.assurance.server import _python
from tael.ledger import MAIN, integrity
from tael.ledger.integrity import Violation
from tael.payouts import integrity as payouts_integrity
from tael.wallet import integrity as wallet_integrity
from tael.wallet import notice

if TYPE_CHECKING:
    import psycopg

    from tael.postgres.connect import Databases

INVARIANTS = {f"I{number}" for number in (*range(1, 19), *range(30, 37))}


@pytest.mark.rule(*sorted(INVARIANTS))
def test_a_clean_installation_gives_nothing(db: Databases) -> None:
    lived_in()

    with db.owner() as owner, db.app() as app:
        report = examine(owner, server=False)
        assert examine(app, server=False) == report, "the application itself may ask"

    assert report.ok, report.text()
    assert {check.invariant for check in report.checks} >= INVARIANTS - {"I34"}
    looked_at = {check.title: check.examined for check in report.checks}
    empty = [title for title, count in looked_at.items() if not count]
    assert empty == [
        # looked at where months are closed, in tests/wallet/test_period_totals.py
        "what customers owned at both ends of a closed month is what the journal moved",
        "gross = net + fee (no operation books a fee yet)",
        # looked at where gateways play, in tests/wallet/test_suspense_proposal.py
        "proposals are in a state of their life",
        "what becomes of money in suspense took two people",
        "no gateway notice waits to be judged",
    ]


def test_a_fresh_installation_is_clean(owner: psycopg.Connection) -> None:
    assert examine(owner, server=False).ok


def test_books_without_an_installation_are_examined_as_far_as_they_go(db: Databases) -> None:
    with db.owner() as owner:
        owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        book = ledger.Book("other")
        ledger.create_book(owner, book)
        ledger.grant(owner, book)
        random_history(owner, 31, entries=20, book=book)

        report = examine(owner, server=False)
        owner.rollback()

    assert report.ok, report.text()
    assert {check.title.partition(" [")[2] for check in report.checks} == {"", "ledger]", "other]"}


def test_every_query_has_a_title_of_its_own() -> None:
    titles = [proof.title for proof in (*BOOK_PROOFS, *DOMAIN_PROOFS)]

    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if title.endswith(" holds")]
    named = {proof.invariant for proof in (*BOOK_PROOFS, *DOMAIN_PROOFS)}
    for checks in (integrity.CHECKS, wallet_integrity.CHECKS, payouts_integrity.CHECKS):
        assert {invariant for invariant, _, _ in checks} <= named


def test_what_cannot_be_computed_with_is_named_and_the_rest_is_examined(
    owner: psycopg.Connection,
) -> None:
    broken = ("{} {}", "SELECT code, (1 / (exponent - exponent))::text FROM {book}.currency")
    proof = Proof("I1", "sums", "rows", "SELECT 1", (broken, ("{} is {}", "SELECT 'CNY', 'there'")))

    told = [violation.message for violation in proof.run(owner, MAIN).violations]

    assert told == ["sums: cannot be computed: division by zero", "CNY is there"]


def test_the_verdicts_that_alarm_people_are_those_of_the_wallet() -> None:
    assert set(trail_proofs.ALARMING) == {verdict.value for verdict in notice.ALARMING}


def test_it_reads_one_snapshot_while_money_moves(db: Databases) -> None:
    with db.app() as writer, db.owner() as reader:
        random_history(writer, 32, entries=20)
        writer.commit()
        before = examine(reader, server=False)
        random_history(writer, 33, entries=20)  # its transaction is open, rows are locked

        assert examine(reader, server=False) == before
        writer.commit()
        after = examine(reader, server=False)

    assert after.ok
    assert after != before
    assert reader.closed


def test_it_leaves_the_connection_as_it_was(db: Databases) -> None:
    with db.owner() as owner:
        examine(owner)

        assert not owner.read_only
        owner.execute("CREATE TABLE public.later ()")
        assert owner.execute("SHOW transaction_isolation").fetchone() == ("read committed",)


def test_the_report_is_for_people_and_for_programs(owner: psycopg.Connection) -> None:
    report = examine(owner, server=False)

    text, facts = report.text(), report.as_dict()

    assert text.splitlines()[-1].endswith("the books are right.")
    assert len(text.splitlines()) == len(report.checks) + 1
    assert json.loads(json.dumps(facts)) == facts
    assert facts["ok"] is True


def test_a_server_that_may_forget_is_named(owner: psycopg.Connection) -> None:
    """The server of the tests is set to be fast, not to keep anything."""
    report = examine(owner)

    found = {violation.subject for violation in report.violations}
    assert found == {"fsync", "full_page_writes", "synchronous_commit"}
    assert not report.ok


def test_a_role_that_may_forget_is_named(owner: psycopg.Connection) -> None:
    owner.execute("ALTER ROLE tael_app SET synchronous_commit = off")

    found = {violation.message for violation in examine(owner).violations}

    assert "tael_app in every database has synchronous_commit=off" in found


def test_python_without_assertions_is_refused() -> None:
    code = "from tael.assurance.server import _python; print(_python().ok)"
    run = subprocess.run(
        [sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "False"
    assert _python().ok


@pytest.fixture
def things(db: object) -> LivedIn:
    return lived_in()


def the_violations(owner: psycopg.Connection, invariants: set[str]) -> tuple[Violation, ...]:
    """Ask the proofs of some invariants and those of the catalog; the whole doctor where they find nothing."""
    asked = [proof for proof in BOOK_PROOFS + DOMAIN_PROOFS if proof.invariant in invariants]
    found = [one for proof in asked for one in proof.run(owner, MAIN).violations]
    if not invariants <= {violation.invariant for violation in found}:
        checks = (*check_schema(owner, [MAIN]), *check_rights(owner, [MAIN]))
        found += [violation for check in checks for violation in check.violations]
    if invariants <= {violation.invariant for violation in found}:
        return tuple(found)
    return examine(owner, server=False).violations


@pytest.mark.rule("I1", "I2", "I3", "I4", "I5", "I7", "I8", "I9", "I10", "I11", "I12", "I13", "I14")
@pytest.mark.rule("I15", "I17", "I18", "I30", "I31", "I32", "I33", "I34", "I35", "I36")
def test_the_doctor_finds_each_of_them(
    things: LivedIn, owner: psycopg.Connection, proven: Proven, subtests: pytest.Subtests
) -> None:
    for setting in AS_WRITTEN:
        owner.execute(setting)
    owner.commit()
    # what it asks again and again is prepared, and stays so: psycopg does not learn of what is done and undone
    owner.prepare_threshold, owner.prepared_max = 0, None
    assert not proven.suspects(owner)
    owner.execute("SAVEPOINT as_it_was")
    for name, (expected, statements) in PLANTED.items():
        with subtests.test(name):
            for statement in statements:
                unheard(owner, statement.format(**vars(things)))

            violations = the_violations(owner, expected)

            found = {violation.invariant for violation in violations}
            assert expected <= found, f"found {sorted(found)}"
            assert all(violation.message for violation in violations)
            assert proven.suspects(owner)  # what is asked after each test is as sharp
        unheard(owner, "ROLLBACK TO SAVEPOINT as_it_was")
    owner.rollback()
    assert examine(owner, server=False).ok


def unheard(owner: psycopg.Connection, statement: str) -> None:
    done = owner.pgconn.exec_(statement.encode())
    assert done.status == ExecStatus.COMMAND_OK, done.error_message


def test_a_changed_row_is_remembered_by_the_server(db: object, owner: psycopg.Connection) -> None:
    a_wallet(free="1.00")
    owner.execute("UPDATE ledger.posting SET amount = amount")
    owner.commit()
    owner.execute("SELECT pg_stat_force_next_flush()")
    owner.commit()

    report = examine(owner)

    assert "ledger.posting_0" in {v.subject for v in report.violations if v.invariant == "I11"}
