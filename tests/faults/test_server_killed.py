"""The serving processes are killed in the middle of requests: each wish is carried out once (T3)."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from api.client import a_key, amount
from builders import a_payee, a_wallet
from properties.size import SEED, sized
from tael.assurance import doctor
from tael.postgres.connect import Databases
from tael.wallet.figures import figures_now
from tael.wallet.wallet import Wallet

KILLS = sized(3, 15, 50)
VICTIMS = ("all of them", "the workers", "the server of the workers")
CLIENTS = 6
BACK_WITHIN = 30.0  # seconds
REPLAY = "Idempotent-Replay"


@dataclass
class Wish:
    """One request under its key, and what was answered to it."""

    key: str
    operation: str
    wallet: Wallet
    minor: int
    more: dict[str, Any] = field(default_factory=dict)
    answer: bytes | None = None

    @property
    def body(self) -> dict[str, Any]:
        text = f"{self.minor // 100}.{self.minor % 100:02d}"
        return {"wallet": self.wallet.number, "amount": amount(text), **self.more}


class Site:
    """`tael serve` over the test's database, which can be killed and started again."""

    def __init__(self, databases: Databases, folder: Path, key: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.key = key
        self.log = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TAEL_")},
            "TAEL_HOME": str(folder),
            "TAEL_PACE_API": "off",
            "TAEL_DATABASE_URL": databases.owner_dsn,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tael", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", "1", "--threads", "8"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + BACK_WITHIN
        while not self.answers():
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.05)

    def answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/healthz")[0] == http.client.OK
        return False

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes, bool]:
        """Give the status, the body, and whether it is said to be the answer to an earlier request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read(), reply.headers.get(REPLAY) == "true"
        finally:
            connection.close()

    def send(self, wish: Wish) -> bool | None:
        """Send a wish. None when no answer came, else whether it was a repeated one."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": wish.key,
        }
        try:
            status, answer, replayed = self.ask(
                "POST", f"/api/v1/{wish.operation}", json.dumps(wish.body).encode(), headers
            )
        except (OSError, http.client.HTTPException):
            return None
        assert status == http.client.CREATED, answer
        if wish.answer is not None:
            assert json.loads(answer) == json.loads(wish.answer), wish
        wish.answer = answer
        return replayed

    def kill(self, victim: str) -> None:
        """Kill -9, and start again what does not come back by itself."""
        assert self.process is not None
        web_server, *workers = descendants(self.process.pid)
        assert workers, "the site has no workers"
        doomed = {
            "all of them": [self.process.pid, web_server, *workers],
            "the server of the workers": [web_server],
            "the workers": workers,
        }[victim]
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim != "the workers":
            self.process.wait(BACK_WITHIN)
            assert not self.answers(), "somebody serves whom nobody watches"
            self.start()
        self.wait_until_it_answers()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(BACK_WITHIN)


def descendants(pid: int) -> list[int]:
    """A process's children and theirs, parents first."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rpartition(")")[2].split()[1]
            )
    found = [pid]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found[1:]


class Clients:
    """Programs that ask for recharges, withdrawals and freezes until they get no answer."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.chance = random.Random(SEED)
        self.numbers = count(1)
        self.wallets = [a_wallet(free="100000") for _ in range(3)]
        self.payees = {wallet.number: a_payee(wallet.owner) for wallet in self.wallets}
        self.wishes: list[Wish] = []
        self.over = threading.Event()

    def a_wish(self) -> Wish:
        wallet = self.chance.choice(self.wallets)
        operation = self.chance.choice(["recharge", "withdraw", "freeze"])
        more = {"payee": self.payees[wallet.number]} if operation == "withdraw" else {}
        key = f"wish-{next(self.numbers)}"
        wish = Wish(key, operation, wallet, self.chance.randint(1, 999), more)
        self.wishes.append(wish)
        return wish

    def ask(self) -> None:
        while not self.over.is_set() and self.site.send(self.a_wish()) is not None:
            pass

    def ask_until_killed(self, victim: str) -> None:
        """Ask, kill the server in the middle, wait until it is back and all clients have ended."""
        self.over.clear()
        before = len(self.wishes)
        with ThreadPoolExecutor(CLIENTS) as threads:
            asking = [threads.submit(self.ask) for _ in range(CLIENTS)]
            try:
                time.sleep(self.chance.uniform(0.5, 1.0))
                self.site.kill(victim)
            finally:
                self.over.set()
        for client in asking:
            client.result()
        assert len(self.wishes) > before + CLIENTS

    def ask_again(self) -> tuple[int, int]:
        """Send what was not answered, twice. Give how many these were, and had been carried out."""
        unanswered = [wish for wish in self.wishes if wish.answer is None]
        done = 0
        for wish in unanswered:
            replayed = self.site.send(wish)
            assert replayed is not None
            assert self.site.send(wish) is True, wish
            done += replayed
        return len(unanswered), done

    def assert_each_happened_once(self, databases: Databases) -> None:
        """Entries, holds and figures are those of every wish, once; the doctor finds nothing."""
        for wallet in self.wallets:
            wished = {"recharge": 0, "withdraw": 0, "freeze": 0}
            for wish in self.wishes:
                wished[wish.operation] += wish.minor if wish.wallet is wallet else 0
            now = figures_now([wallet])[wallet.number]
            liquid = 10_000_000 + wished["recharge"] - wished["withdraw"] - wished["freeze"]
            assert (now.liquid.minor, now.frozen.minor) == (liquid, wished["freeze"])
        with databases.owner() as owner:
            holds = owner.execute("SELECT count(*) FROM wallet_hold").fetchone()
            entries = owner.execute("SELECT count(*) FROM ledger.entry").fetchone()
            owner.rollback()
            report = doctor.examine(owner, server=False)
        assert holds == (len([wish for wish in self.wishes if wish.operation == "freeze"]),)
        assert entries == (len(self.wishes) + len(self.wallets),)
        assert report.violations == ()
        serial_numbers = {json.loads(wish.answer or b"")["sno"] for wish in self.wishes}
        assert len(serial_numbers) == len(self.wishes)


@contextmanager
def a_site(databases: Databases) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="tael-served-") as folder:
        site = Site(databases, Path(folder), str(a_key().text))
        site.start()
        try:
            site.wait_until_it_answers()
            yield site
        finally:
            site.stop()


@pytest.mark.timeout(120 + 20 * KILLS)
def test_a_kill_of_the_serving_processes_leaves_no_wish_half_done_or_done_twice(
    db: Databases,
) -> None:
    """T3."""
    print(f"TAEL_TEST_SEED={SEED}")  # noqa: T201 - repeats a failure
    asked = done = 0
    with a_site(db) as site:
        clients = Clients(site)
        for number in range(KILLS):
            clients.ask_until_killed(VICTIMS[number % len(VICTIMS)])
            unanswered, found = clients.ask_again()
            asked, done = asked + unanswered, done + found
            clients.assert_each_happened_once(db)
    print(f"{done} of {asked} unanswered wishes had been carried out")  # noqa: T201 - measured
    assert asked
