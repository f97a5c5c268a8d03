"""The example of docs/completeness.md is a whole program: it runs beside us and is asked as it says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest

from builders import STAFF, an_instruction
from docs.conftest import free_ports
from docs.printed import ROOT, blocks
from settlement_builders import IN_NOVEMBER, a_kind, a_merchant_account, the_shop
from tael.settlement.asking.source_address import new_secret, set_address
from tael.settlement.completeness.completeness_run import ask_for_check, carry_out
from tael.settlement.models import Accrual, CompletenessDay

PAGE = ROOT / "docs" / "completeness.md"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the example looks at the clock


@pytest.mark.rule("B-14")
@pytest.mark.timeout(120)
def test_the_example_lists_its_acts_to_who_knows_the_secret(db, tmp_path, monkeypatch):
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    a_kind(), the_shop()
    account = a_merchant_account()
    assert account.number == 500001, "the account that the example names"
    (code,) = blocks(PAGE, "python")
    program = tmp_path / "business_system.py"
    program.write_text(code, "utf-8")
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}/acts"
    made = set_address(source="shop", address=address, actor=STAFF, at=IN_NOVEMBER)
    environment = {**os.environ, "SECRET": made.secret, "PORT": str(port)}
    child = subprocess.Popen(
        [sys.executable, str(program)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)

        done = checked()

        assert (done.state, done.acts, done.added) == ("done", 3, 3), done.problem
        assert sorted(Accrual.objects.values_list("number", "amount")) == [
            ("W-1", 3000),
            ("W-2", 1250),
            ("W-3", 800),
        ]
        assert [(day.recorded, day.acts) for day in CompletenessDay.objects.order_by("day")] == [
            (2, 2),
            (1, 1),
        ]
        assert checked().added == 0

        new_secret(source="shop", actor=STAFF, at=IN_NOVEMBER)
        assert "status 401" in checked().problem
    finally:
        child.kill()
        child.wait(10)


def checked():
    run = ask_for_check(
        source="shop",
        first=date(2026, 10, 14),
        last=date(2026, 10, 15),
        instruction=an_instruction(at=IN_NOVEMBER),
    )
    return carry_out(run, clock=now)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
