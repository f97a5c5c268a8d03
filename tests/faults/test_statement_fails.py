"""T6: whichever statement of an operation fails, the books are as before it or as after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from select import select
from types import SimpleNamespace
from typing import Any

import django.db
import psycopg
import pytest

from builders import (
    AT,
    a_customer,
    a_payee,
    a_rate,
    a_wallet,
    an_instruction,
    money,
)
from properties.size import sized
from tael.books import retry, snapshot
from tael.ledger import poster
from tael.payouts.withdrawal import (
    apply_withdrawal,
    approve_withdrawal,
    cancel_withdrawal,
    refuse_withdrawal,
)
from tael.postgres.connect import Databases
from tael.refusal import Refusal
from tael.wallet.card import issue_cards, redeem_card
from tael.wallet.deduct import deduct
from tael.wallet.exchange import exchange
from tael.wallet.freeze import freeze
from tael.wallet.quote import quote
from tael.wallet.recharge import recharge, recharge_customer
from tael.wallet.refund import refund
from tael.wallet.transfer import transfer
from tael.wallet.unfreeze import unfreeze
from tael.wallet.withdraw import withdraw

TABLES = (
    "ledger.account",
    "ledger.entry",
    "ledger.entry_key",
    "ledger.entry_note",
    "ledger.posting",
    "wallet_wallet",
    "wallet_hold",
    "wallet_hold_move",
    "wallet_card",
    "wallet_exchange_quote",
    "payouts_withdrawal",
    "parties_audit",
)
MOST_STATEMENTS = 60
FEWEST_STRUCK = 1  # the writing, which is a transaction of its own where nothing else is written
REVIEWER = "user:9999"

Request = Callable[[], Any]
Fault = Callable[[psycopg.Connection, psycopg.Connection], None]
State = tuple[str, ...]


def sent(operation: Callable[..., Any], **asked: Any) -> Request:
    """A request under a key of its own, which it keeps when it is sent again."""
    instruction = an_instruction(actor=REVIEWER)
    return lambda: operation(**asked, instruction=instruction)


class Customer:
    """A customer with enough of everything, and requests of every sort."""

    def __init__(self) -> None:
        a_rate("CNY/USD", "0.1405")
        self.yuan = a_wallet(free="1000.00", locked="100.00")
        self.dollars = a_wallet(owner=self.yuan.owner, currency="USD")
        self.other = a_wallet()
        self.payee = a_payee(self.yuan.owner)
        on_me = {"wallet": self.yuan, "amount": money("100.00")}
        self.hold = freeze(**on_me, instruction=an_instruction()).hold
        self.paid = deduct(**on_me, instruction=an_instruction()).entry_id
        self.captured = deduct(
            wallet=self.yuan, amount=money("50.00"), hold=self.hold, instruction=an_instruction()
        ).entry_id
        self.cards = iter(
            issue_cards(
                amount=money("1.00"), count=MOST_STATEMENTS, instruction=an_instruction()
            ).codes
        )

    def requests(self) -> dict[str, Callable[[], Request]]:
        """How to make a new request of every sort."""
        one = {"wallet": self.yuan, "amount": money("0.10")}
        held = {**one, "hold": self.hold}
        paid_out = {**one, "payee": self.payee}
        over = {"source": self.yuan, "amount": money("0.10")}
        part = {"amount": money("0.10")}
        return {
            "recharge": lambda: sent(recharge, **one),
            "recharge to be spent": lambda: sent(recharge, **one, spend_only=True),
            "first recharge": lambda: sent(recharge_customer, owner=a_customer(), **part),
            "deduct": lambda: sent(deduct, **one),
            "deduct from a hold": lambda: sent(deduct, **held),
            "deduct from frozen": lambda: sent(deduct, **one, source="frozen"),
            "transfer": lambda: sent(transfer, **over, target=self.other),
            "freeze": lambda: sent(freeze, **one),
            "unfreeze": lambda: sent(unfreeze, **held),
            "withdraw": lambda: sent(withdraw, **paid_out),
            "withdraw from a hold": lambda: sent(withdraw, **paid_out, hold=self.hold),
            "exchange": lambda: sent(exchange, **over, target=self.dollars),
            "exchange at a quote": self._at_quote,
            "refund": lambda: sent(refund, entry_id=self.paid, **part),
            "refund into frozen": lambda: sent(refund, entry_id=self.captured, **part),
            "redeem": lambda: sent(redeem_card, code=next(self.cards), owner=self.yuan.owner),
            "apply": lambda: sent(apply_withdrawal, **paid_out),
            "approve": lambda: sent(approve_withdrawal, number=self._application()),
            "refuse": lambda: sent(refuse_withdrawal, number=self._application(), reason="no"),
            "cancel": lambda: sent(
                cancel_withdrawal, number=self._application(), owner=self.yuan.owner
            ),
        }

    def _at_quote(self) -> Request:
        asked = {"source": self.yuan, "target": self.dollars, "amount": money("0.10")}
        until = AT + timedelta(minutes=1)
        promised = quote(**asked, expires_at=until, instruction=an_instruction())
        return sent(exchange, **asked, quote=promised.pk)

    def _application(self) -> int:
        return apply_withdrawal(
            wallet=self.yuan,
            amount=money("0.10"),
            payee=self.payee,
            instruction=an_instruction(),
        ).withdrawal.pk


def fails_with(sqlstate: str) -> Fault:
    """The server refuses the statement; in a transaction nothing goes after that but to roll back."""

    def strike(connection: psycopg.Connection, _: psycopg.Connection) -> None:
        connection.execute(
            f"DO $$ BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = '{sqlstate}'; END $$"
        )

    return strike


def loses_the_connection(connection: psycopg.Connection, owner: psycopg.Connection) -> None:
    """The session is gone when the statement arrives."""
    owner.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    said, _, _ = select([connection.fileno()], [], [], 10)
    assert said, "the server took no leave"


FAULTS: dict[str, Fault] = {
    "lost": loses_the_connection,
    "error": fails_with("XX000"),
    "deadlock": fails_with("40P01"),
    "serialization": fails_with("40001"),
    "disk full": fails_with("53100"),
}
TRIED_NOW = list(FAULTS)[: sized(2, 5, 5)]


@dataclass
class Strike:
    """The fault that lies in wait for the k-th statement, the commit being one."""

    number: int
    fault: Fault
    owner: psycopg.Connection
    counted: int = 0
    striking: bool = False

    @property
    def struck(self) -> bool:
        return self.counted >= self.number

    def pass_by(self, connection: psycopg.Connection) -> None:
        """Count a statement that is about to be sent, and strike if it is the one."""
        if self.striking:
            return
        self.counted += 1
        if self.counted == self.number:
            self.striking = True
            try:
                self.fault(connection, self.owner)
            finally:
                self.striking = False


@contextmanager
def lying_in_wait(strike: Strike) -> Iterator[None]:
    """Let every statement and commit of this process pass by the strike."""
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def watched_execute(cursor: psycopg.Cursor, *given: Any, **more: Any) -> psycopg.Cursor:
        strike.pass_by(cursor.connection)
        return execute(cursor, *given, **more)

    def watched_commit(connection: psycopg.Connection) -> None:
        strike.pass_by(connection)
        commit(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", watched_execute)
        patch.setattr(psycopg.Connection, "commit", watched_commit)
        yield


@contextmanager
def deaf_after_commit() -> Iterator[list[None]]:
    """Lose the connection right after the first commit took effect; what is given tells whether."""
    commit, execute, lost = psycopg.Connection.commit, psycopg.Cursor.execute, list[None]()

    def lose(connection: psycopg.Connection) -> None:
        if not lost:
            lost.append(None)
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def deaf_commit(connection: psycopg.Connection) -> None:
        commit(connection)
        lose(connection)

    def deaf_execute(cursor: psycopg.Cursor, query: Any, *given: Any, **more: Any) -> Any:
        answer = execute(cursor, query, *given, **more)
        if "write_unchanged" in str(query):  # it is a transaction of its own
            lose(cursor.connection)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "commit", deaf_commit)
        patch.setattr(psycopg.Cursor, "execute", deaf_execute)
        yield lost


def made(request: Request) -> Any:
    """Make a request as a door does, which first looks whether its connection still lives."""
    django.db.close_old_connections()
    answer = request()
    return getattr(answer, "receipt", answer)


def tried(request: Request) -> None:
    """Make a request that may fail, in one of the ways that say so."""
    try:
        made(request)
    except (psycopg.Error, django.db.Error):
        pass
    except Refusal as refusal:
        assert refusal.retry, refusal  # noqa: PT017 - most attempts raise nothing


class Looker:
    """Looks at the tables, and does not look again where nothing at all was written meanwhile."""

    def __init__(self, owner: psycopg.Connection) -> None:
        hashes = ", ".join(
            f"(SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {table} AS t)"
            for table in TABLES
        )
        self.owner, self.query = owner, f"SELECT {hashes}"
        self.written: tuple[str] | None = None
        self.seen: State = ()

    def state(self) -> State:
        """A hash of each table, every column of every row."""
        written = self.owner.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        if written != self.written:
            row: State | None = self.owner.execute(self.query).fetchone()
            assert row is not None
            self.written, self.seen = written, row
        return self.seen


def unequal(one: State, other: State) -> list[str]:
    return [table for table, a, b in zip(TABLES, one, other, strict=True) if a != b]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once; at night read every setting anew too, so that its statement can fail as well."""
    at_once = SimpleNamespace(sleep=lambda _: None)
    monkeypatch.setattr(retry, "time", at_once)
    monkeypatch.setattr(poster, "time", at_once)
    monkeypatch.setattr(snapshot, "LIFE_SECONDS", sized(3600.0, 0.0, 0.0))


@pytest.fixture
def kept_open(db: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection that still lives is used for the next request, as in a site, which has a pool of them."""
    django.db.connection.close()
    monkeypatch.setitem(django.db.connection.settings_dict, "CONN_MAX_AGE", None)
    yield
    django.db.connection.close()


def verdict(before: State, between: State, after: State, *, replayed: bool) -> str:
    """What is wrong with the states before, after the fault and after the second attempt, if anything."""
    if between not in {before, after}:
        return f"between, in {unequal(before, between)}, until {unequal(between, after)}"
    if before == after:
        return "never done"
    if replayed != (between == after):
        return "done twice" if replayed is False else "replayed what was not there"
    return ""


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("impatient", "kept_open")
@pytest.mark.parametrize("fault", TRIED_NOW)
def test_an_operation_of_which_any_statement_fails_is_wholly_done_or_not_at_all(
    db: Databases, fault: str
):
    """T6: and the same request succeeds afterwards, once."""
    wrong, struck = [], Counter[str]()
    requests = Customer().requests()
    with db.owner(autocommit=True) as owner:
        state = Looker(owner).state
        for name, new_request in requests.items():
            for number in range(1, MOST_STATEMENTS):
                request, strike = new_request(), Strike(number, FAULTS[fault], owner)
                before = state()
                with lying_in_wait(strike):
                    tried(request)
                between = state()
                if not strike.struck:
                    break
                struck[name] += 1
                replayed = made(request).replayed
                found = verdict(before, between, state(), replayed=replayed)
                if found:
                    wrong.append((name, number, found))
            assert not strike.struck, f"{name} has no end"

    assert wrong == []
    assert [name for name in requests if struck[name] < FEWEST_STRUCK] == []


@pytest.mark.usefixtures("impatient", "kept_open")
def test_an_operation_whose_commit_was_not_heard_of_is_found_done(db: Databases):
    """T6: the connection is lost between the commit and the answer to it."""
    wrong = []
    with db.owner(autocommit=True) as owner:
        state = Looker(owner).state
        for name, new_request in Customer().requests().items():
            made(new_request())  # what is opened at the first use has a commit of its own
            request = new_request()
            before = state()
            with deaf_after_commit() as lost:
                first = made(request)
            between = state()
            again = made(request)
            found = verdict(before, between, state(), replayed=again.replayed)
            if found or not lost or not first.replayed or first.entry_id != again.entry_id:
                wrong.append((name, found, len(lost), first, again))

    assert wrong == []
