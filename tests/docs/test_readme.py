"""What the README prints works as printed, on a fresh folder with the demo data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
PATIENCE = 90.0


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """An empty folder in which `tael run` serves, and its port."""
    folder = tmp_path_factory.mktemp("readme")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if "TAEL" not in name}
    command = [sys.executable, "-m", "tael", "run", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as out:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in log.read_text("utf-8"):
            assert child.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        yield folder, port
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def said(place: tuple[Path, int], command: list[str], text: str) -> str:
    folder, port = place
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TAEL", "DJANGO", "PG"))
    }
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        [*command, text.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(240)
def test_the_lines_of_curl_do_what_they_say(place: tuple[Path, int]):
    (lines,) = blocks("bash")

    first, again, hold, gift, refused, wallet, flows = said(
        place, ["bash", "-c"], lines
    ).splitlines()

    assert first == again
    assert '"operation":"recharge"' in first
    assert '"hold":null' not in hold
    assert '"operation":"transfer"' in gift
    assert '"code":"insufficient_funds"' in refused
    assert '"number":100001' in wallet
    assert flows.count('"operation"') == 3


@pytest.mark.timeout(240)
def test_the_lines_of_python_do_what_they_say(place: tuple[Path, int]):
    (lines,) = blocks("python")

    once = said(place, [sys.executable, "-c"], lines)
    twice = said(place, [sys.executable, "-c"], lines)

    assert " False {" in once
    assert twice == once.replace(" False {", " True {")
