"""One real Chromium for all browser tests of a process, started when the first of them asks for it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

# the shell is Chromium without a window's frame: the same pages for three quarters of the processor's time
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Browsers:
    """The driver and its browser. Each test has windows of its own; nothing is kept from one to the next."""

    def __init__(self) -> None:
        from playwright.sync_api import sync_playwright

        self.playwright = sync_playwright().start()
        self.loop = asyncio.get_running_loop()
        self.browser = None

    @contextmanager
    def lent(self) -> Iterator:
        """The browser, for one test.

        The driver's event loop counts as running in this thread from its first call on, and Django refuses to work
        beside a running one. It is at rest between its calls, so that between the tests we may say that there is none.
        """
        asyncio._set_running_loop(self.loop)
        try:
            if self.browser is None or not self.browser.is_connected():
                self.browser = self.playwright.chromium.launch(
                    executable_path=CHROMIUM, args=OPTIONS
                )
            yield self.browser
        finally:
            asyncio._set_running_loop(None)

    def close(self) -> None:
        asyncio._set_running_loop(self.loop)
        if self.browser is not None:
            self.browser.close()
        self.playwright.stop()
