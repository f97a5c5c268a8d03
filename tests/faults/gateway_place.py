"""A site with the real API and a sandbox gateway, each a process of its own, and people who use them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from builders import an_instruction, money
from plain_http import WITHOUT_TLS
from tael import books, ledger
from tael.channels.gateways.registry import configure
from tael.channels.house import suspense_account
from tael.cli.sandbox import gateway_settings, sandbox_settings
from tael.parties.models import AuditRecord
from tael.postgres.connect import Databases
from tael.sandbox.store import Store
from tael.wallet.models import GatewayNotice, RechargeOrder
from tael.wallet.recharge_order import checkout, create_order
from tael.wallet.wallet import Wallet

PATIENCE = 30.0  # seconds
BACKOFF = "0.2 0.2 0.3 0.3 0.5 0.5 1 1 1 1 1 1 1 1 1 1 1 1 1 1"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait for something, and give it."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.03)
    return found


@dataclass
class Program:
    """One of the two programs, which can be killed and started again."""

    command: list[str]
    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tael", *self.command, "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.answers)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text("utf-8")
        with suppress(httpx.HTTPError):
            return self.healthz(5).status_code == httpx.codes.OK
        return False

    def healthz(self, seconds: float) -> httpx.Response:
        return httpx.get(f"{self.address}/healthz", timeout=seconds, verify=WITHOUT_TLS)

    def kill(self) -> None:
        """Kill -9; its children die with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)
        until(self.is_silent)

    def is_silent(self) -> bool:
        try:
            self.healthz(1)
        except httpx.ConnectError:
            return True
        except httpx.HTTPError:
            return False
        return False

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)


@dataclass
class Browser:
    """Somebody at a page of the sandbox, with his cookies."""

    address: str
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=20, verify=WITHOUT_TLS)
    )

    def see(self, path: str, **told: Any) -> httpx.Response:
        return self.client.get(self._url(path), follow_redirects=True, **told)

    def do(self, path: str, page: str | None = None, **told: str) -> httpx.Response:
        """Fill in the form on a page and send it to a path."""
        token = TOKEN.search(self.see(page or path).text)
        assert token, "the page has no form"
        sent = {"csrfmiddlewaretoken": token[1], **told}
        return self.client.post(self._url(path), data=sent)

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.address + path


class Place:
    """Both programs over one database, in one folder."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("TAEL_", "DJANGO_"))}
        base = {**kept, "TAEL_HOME": str(folder), "TAEL_SANDBOX_BACKOFF": BACKOFF}
        base |= {"TAEL_PACE_API": "off", "TAEL_PACE_CALLBACKS": "off"}  # it is asked fast
        site_port, sandbox_port = free_port(), free_port()
        self.settings = gateway_settings(
            base,
            site=f"http://127.0.0.1:{site_port}",
            sandbox=f"http://127.0.0.1:{sandbox_port}",
        )
        self.gateways = configure(self.settings)
        self.store = Store(Path(sandbox_settings(base)["TAEL_SANDBOX_FOLDER"]))
        self.site = Program(
            ["serve", "--workers", "1", "--threads", "8"],
            site_port,
            {**base, **self.settings, "TAEL_DATABASE_URL": databases.owner_dsn},
            folder / "site.log",
        )
        self.sandbox = Program(["sandbox"], sandbox_port, base, folder / "sandbox.log")
        self.browser = Browser(self.sandbox.address)

    def start(self) -> None:
        self.site.start()
        self.sandbox.start()

    def stop(self) -> None:
        self.browser.client.close()
        self.sandbox.stop()
        self.site.stop()

    def order(self, wallet: Wallet, text: str = "10.00", **more: Any) -> RechargeOrder:
        return create_order(
            owner=wallet.owner,
            wallet=wallet,
            amount=money(text, wallet.currency.code),
            instruction=an_instruction(channel="Alipay"),
            **more,
        )

    def at_payment(self, row: RechargeOrder, return_url: str = "") -> str:
        """Let the payer be sent to the sandbox; gives the path of his payment there."""
        told = checkout(row, return_url=return_url)
        page = self.browser.see(told.url, params=dict(told.parameters))
        assert page.status_code == httpx.codes.OK, page.text
        return page.url.path

    def pay(self, row: RechargeOrder, amount: str | None = None) -> str:
        """Let the payer pay; gives the path of his payment."""
        path = self.at_payment(row)
        told = {"act": "pay"} if amount is None else {"act": "pay_other", "amount": amount}
        assert self.browser.do(path, **told).status_code == httpx.codes.SEE_OTHER
        return path

    def operate(self, path: str, act: str, **told: str) -> None:
        """Let an operator do something with a payment on the control page."""
        control = path.replace("/pay/", "/control/")
        done = self.browser.do(f"{control}/{act}", page=control, **told)
        assert done.status_code == httpx.codes.SEE_OTHER, done.text

    def behave(self, *, copies: int = 1, keep_back: bool = False) -> None:
        told = {"copies": str(copies)} | ({"keep_back": "yes"} if keep_back else {})
        assert self.browser.do("/control", **told).status_code == httpx.codes.SEE_OTHER

    def release(self, how: str) -> None:
        """Let the operator send what was kept back, `in_order` or `newest_first`."""
        done = self.browser.do("/control/release", page="/control", order=how)
        assert done.status_code == httpx.codes.SEE_OTHER
        self.settled()

    def settled(self) -> None:
        """Wait until the sandbox has nothing left to send."""
        waiting = "SELECT 1 FROM notice WHERE state = 'waiting'"
        until(lambda: not self.store.rows(waiting))

    def last_attempt(self) -> tuple[int | None, str]:
        row = self.store.rows("SELECT status, answer FROM attempt ORDER BY id DESC LIMIT 1")[0]
        return row["status"], row["answer"]


def verdicts(after: int = 0) -> list[str]:
    """What became of the notices that came after one, in order."""
    rows = GatewayNotice.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("verdict", flat=True))


def newest_notice() -> int:
    return GatewayNotice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def alarms(after: int) -> set[str]:
    subjects = {f"gateway_notice:{number}" for number in range(after + 1, newest_notice() + 1)}
    rows = AuditRecord.objects.filter(action__startswith="gateway.", subject__in=subjects)
    return set(rows.values_list("action", flat=True))


def in_suspense(currency: str) -> int:
    return ledger.balance(books.connection(), suspense_account(currency))


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the gateway signs by the clock
