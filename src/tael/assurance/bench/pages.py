"""How long the pages of both sites take when there is a long history, asked for as a browser does.

The yardsticks stand in the same table: a page that the same server answers without the database, and
`SELECT 1` on the same database.

Source: F-22, F-33; peers-settlement-invest, sections 4.1 to 4.3.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import psycopg

from tael.assurance.bench import machine
from tael.assurance.bench.arena import Arena, server
from tael.assurance.bench.page_browser import Browser, code_of, link_of, next_of
from tael.assurance.bench.page_list import BACKOFFICE, NEXT, PAGES, PORTAL
from tael.assurance.bench.page_report import PageReport, Timed
from tael.assurance.bench.site import Serving
from tael.assurance.bench.wallets import environment, tael
from tael.ledger import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tael.assurance.bench.page_list import Page

TRIVIAL: Final = "/healthz"
_YEAR: Final = 366  # days
_TOLD_EVERY: Final = 5  # rounds


@dataclass(frozen=True, slots=True)
class Size:
    """How much a run does.

    Args:
        entries: in the journal. long: lines of the one wallet with a long history.
        settled: lines of the one merchant account with a long history.
        customers: each with a wallet. things: orders, withdrawals, holds and refunds, of each so many.
        requests: that each page is measured by. warm_up: requests before them.
        seed: of pairs and amounts.
    """

    entries: int = 1_000_000
    long: int = 200_000
    settled: int = 300_000
    customers: int = 3_000
    things: int = 1_000
    requests: int = 40
    warm_up: int = 3
    seed: int = 1

    def town(self) -> dict[str, int]:
        """Give what is filled in."""
        kept = ("entries", "long", "settled", "customers", "things", "seed")
        return {name: getattr(self, name) for name in kept}


@dataclass(slots=True)
class _Asked:
    """A page with the address at which it was found, and how long it took."""

    page: Page
    address: str
    first: float
    times: list[float] = field(default_factory=list)


def run(
    *,
    url: str | None,
    size: Size,
    pages: Sequence[Page] = PAGES,
    tell: Callable[[str], None] = lambda _: None,
) -> PageReport:
    """Fill a database, start the server and ask for every page in turns.

    Args:
        url: connection string of a role that may make databases; None for an embedded server of our own.
        size: how much there is, and how often each page is asked for.
        pages: those that are asked for.
        tell: is told what is going on.
    """
    with server(url) as at, Arena(at, accounts=0) as arena:
        with arena.connect() as connection:
            about = machine.facts(connection)
        report = PageReport(about, _in_words(size))
        settings = environment(arena, threads=4) | {"TAEL_PACE_PAGES": "off"}
        tael("migrate", environment=settings)
        town = _settle(settings, size)
        tael("maintain", environment=settings)  # as a worker would have done all along
        arena.tidy()
        tell("signing in")
        cookies = _signed_in(settings, town)
        report.pages += _measured(settings, town, cookies, size, pages, tell)
        report.pages[:0] = [_round_trip(arena, size.requests)]
        report.run["load average"] = "{:.2f} {:.2f} {:.2f} at the end".format(*os.getloadavg())
        tell("proving the books")
        report.broken = arena.faults([MAIN])
        report.notes += _notes(size, report)
    return report


def _in_words(size: Size) -> dict[str, str]:
    facts = {name: f"{value:,}" for name, value in dataclasses.asdict(size).items()}
    return facts | {"load average": ""}


def _notes(size: Size, report: PageReport) -> list[str]:
    first = "first: the first request for the page in a fresh process of `tael serve`."
    others = f"The others: {size.requests} requests in turns, after {size.warm_up} to warm up."
    notes = [f"{first} {others}"]
    if not report.broken:
        notes.append("The books balance: the proof of `tael doctor` finds nothing.")
    return notes


def _settle(settings: dict[str, str], size: Size) -> dict[str, Any]:
    """Let the program fill the database; what it says on the way goes to our other channel."""
    done = subprocess.run(
        [sys.executable, "-m", "tael.assurance.bench.page_process"],
        env=settings,
        input=json.dumps(size.town()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    town: dict[str, Any] = json.loads(done.stdout)
    return town | {"since": datetime.now(UTC).date() - timedelta(days=_YEAR)}  # noqa: TID251 - our own clock


@contextmanager
def _site(settings: dict[str, str]) -> Iterator[int]:
    """Start a server and give its port."""
    with closing(Serving(settings)) as site:
        yield site.port


def _signed_in(settings: dict[str, str], town: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Sign in at both doors; the sessions stay when the server is started anew."""
    with _site(settings) as port:
        staff, customer = Browser(port), Browser(port)
        staff.sign_in(BACKOFFICE, town["staff"], town["password"])
        staff.show(BACKOFFICE, code_of(town["seed"]))
        customer.sign_in(PORTAL, town["customer"], town["password"])
        for browser in (staff, customer):
            browser.close()
    return {BACKOFFICE: staff.cookies, PORTAL: customer.cookies}


def _measured(
    settings: dict[str, str],
    town: dict[str, Any],
    cookies: dict[str, dict[str, str]],
    size: Size,
    pages: Sequence[Page],
    tell: Callable[[str], None],
) -> list[Timed]:
    """Ask a fresh server for each page once, then for all of them in turns."""
    with _site(settings) as port:
        browsers = {site: Browser(port, kept) for site, kept in cookies.items()}
        asked = _all_found(browsers, pages, town)
        trivial: list[float] = []
        for turn in range(size.warm_up + size.requests):
            if turn % _TOLD_EVERY == 0:
                tell(f"round {turn} of {size.warm_up + size.requests}")
            bare = browsers[PORTAL].get(TRIVIAL).seconds
            taken = [_ask(browsers[one.page.site], one.address) for one in asked]
            if turn >= size.warm_up:
                trivial.append(bare)
                for one, seconds in zip(asked, taken, strict=True):
                    one.times.append(seconds)
        for browser in browsers.values():
            browser.close()
    yardstick = Timed(f"{TRIVIAL} of the same server", None, tuple(trivial), yardstick=True)
    return [yardstick, *(Timed(_name(one), one.first, tuple(one.times)) for one in asked)]


def _all_found(
    browsers: dict[str, Browser], pages: Sequence[Page], town: dict[str, Any]
) -> list[_Asked]:
    """Find every page; whoever is told of one that is missing is told of all."""
    asked, missing = [], []
    for page in pages:
        try:
            asked.append(_found(browsers[page.site], page, town))
        except RuntimeError as failure:
            missing.append(str(failure))
    if missing:
        raise RuntimeError("\n".join(missing))
    return asked


def _found(browser: Browser, page: Page, town: dict[str, Any]) -> _Asked:
    """Find the address of a page and ask for it the first time."""
    address = page.site + page.address.format(**town)
    if page.linked:
        on = page.site + page.on.format(**town)
        shown = browser.get(on).page
        link = next_of(shown) if page.linked == NEXT else link_of(shown, page.site + page.linked)
        if link is None:
            message = f"{on} links to no {page.linked}"
            raise RuntimeError(message)
        address = urljoin(on, link)
    return _Asked(page, address, _ask(browser, address))


def _ask(browser: Browser, address: str) -> float:
    answer = browser.get(address)
    if answer.status != 200:
        message = f"{address} was answered with {answer.status}"
        raise RuntimeError(message)
    return answer.seconds


def _name(asked: _Asked) -> str:
    page = asked.page
    return f"{page.site}{page.on}, {NEXT}" if page.linked == NEXT else page.name


def _round_trip(arena: Arena, many: int) -> Timed:
    """Time the shortest question to the same database."""
    times = []
    with psycopg.connect(arena.url, autocommit=True) as connection:
        for _ in range(many):
            began = time.perf_counter()
            connection.execute("SELECT 1").fetchone()
            times.append(time.perf_counter() - began)
    return Timed("SELECT 1 on the same database", None, tuple(times), yardstick=True)
