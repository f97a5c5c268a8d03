"""A whole Tael, started as a newcomer starts it, and people who visit it in a real Chromium."""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from tael.assurance import doctor
from tael.postgres.connect import find_databases

DESK = {"width": 1280, "height": 900}


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Take turns with all other processes that hold this lock."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Place:
    """`tael run` with the demo data, in a folder of its own: started there, or found running."""

    def __init__(self, home: Path) -> None:
        self.home, self.process = home, None
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TAEL_", "DJANGO_", "PG"))
        }
        self.environment = {**kept, "TAEL_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        told = home / "address"
        if not told.exists():
            told.write_text(self._start(), "utf-8")
        self.address = told.read_text("utf-8")
        self.databases = find_databases(self.environment)
        keys = json.loads((home / "demo.json").read_text("utf-8"))
        self.password = re.split(r"   \(", keys["Password"])[0]

    def _start(self) -> str:
        with socket.socket() as one, socket.socket() as other:
            for free in (one, other):
                free.bind(("127.0.0.1", 0))
            port, sandbox = one.getsockname()[1], other.getsockname()[1]
        log = self.home / "run.log"
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tael", "run", "--port", str(port)),
                    *("--sandbox-port", str(sandbox)),
                ],
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 120
        while "Ctrl-C" not in log.read_text("utf-8"):
            assert self.process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.2)
        return f"http://127.0.0.1:{port}"

    def tael(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tael", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def balance(self, account: str) -> Decimal:
        """What an account of hundredths holds, as the books say."""
        with self.databases.owner() as connection:
            row = connection.execute(
                "SELECT balance FROM ledger.account WHERE code = %s", [account]
            ).fetchone()
        return Decimal(row[0]).scaleb(-2)

    def prove(self) -> None:
        """Find nothing wrong with the books and all that stands on them."""
        with self.databases.owner() as connection:
            report = doctor.examine(connection, server=False)
        assert report.ok, report.text()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)


class Person:
    """Somebody with a browser window of his own."""

    def __init__(self, place: Place, chromium, site: str, *, login: str, language="en") -> None:
        self.place, self.site, self.faults = place, site, []
        self.refusals: list[int] = []  # statuses of refusals that a test waits for
        # one who signs in does so once: it takes a while, and a code works once, and the next comes in half a minute
        with alone(place.home / f"{login}.lock"):
            self._open(chromium, login, language, place.home / f"{login}.json")

    def _open(self, chromium, login: str, language: str, kept: Path) -> None:
        known = kept.exists()
        self.context = chromium.new_context(
            viewport=DESK, reduced_motion="reduce", storage_state=kept if known else None
        )
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", self._hear)
        self.go("" if known else "sign-in")
        self.speak(language)
        if not known:
            self.sign_in(login)
            self.context.storage_state(path=kept)

    def _hear(self, said) -> None:
        """Keep what the browser complains of. A refusal is no fault where the test waits for it, once each."""
        if said.type != "error":
            return
        status = re.search(r"status of (\d{3})", said.text)
        if status and int(status[1]) in self.refusals:
            self.refusals.remove(int(status[1]))
        else:
            self.faults.append(f"{said.text} at {self.page.url}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """What is done here is refused with this status, once; that it is not, is a fault."""
        self.refusals.append(status)
        yield
        self.page.wait_for_timeout(200)  # milliseconds; the browser tells of it a little later
        if status in self.refusals:
            self.refusals.remove(status)
            self.faults.append(f"nothing was refused with {status} at {self.page.url}")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.place.address}/{self.site}/{path}")

    def speak(self, language: str) -> None:
        if self.page.get_attribute("html", "lang").lower() == language:
            return
        self.page.evaluate(
            "l => document.querySelector(`button[name=language][value=${l}]`).click()", language
        )
        self.page.wait_for_selector(f"html[lang^={language}]")

    def sign_in(self, login: str) -> None:
        self.page.fill("[name=login]", f"{login}@demo.example")
        self.page.fill("[name=password]", self.place.password)
        self.press("form:has([name=password]) button.btn-primary")
        if self.site == "backoffice":
            self.page.fill("[name=code]", self.place.tael("staff", "code").strip())
            self.press("form:has([name=code]) button.btn-primary")
        assert not re.search("sign-in|second-factor", self.page.url), self.reads

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.page.locator(f"main [name={name}]").first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state("networkidle")

    def do(self, path: str, **fields: str) -> None:
        """Fill in an operation's form, look at what it would do, and do it."""
        self.go(path)
        self.fill(**fields)
        self.press("main button[name=step][value=check]")
        self.press("main button[name=step][value=confirm]")

    @property
    def reads(self) -> str:
        return self.page.inner_text("main")

    def figures(self, wallet: int) -> tuple[Decimal, Decimal, Decimal]:
        """Liquid, locked and frozen, as the books say."""
        free, locked, frozen = (
            self.place.balance(f"wallet:{wallet}:{part}") for part in ("free", "locked", "frozen")
        )
        return free + locked, locked, frozen
