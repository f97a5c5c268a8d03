"""The example of docs/payout-status.md is a whole program: it runs beside us and is asked as it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from builders import STAFF
from docs.conftest import free_ports
from docs.printed import ROOT, blocks
from docs.test_completeness import wait_for
from settlement.payouts.test_inquiry import name, standing, unknown, verdicts
from settlement_builders import IN_NOVEMBER
from tael.settlement.models import PayoutInquiry
from tael.settlement.payouts.inquiry import ask_due
from tael.settlement.payouts.status_service import new_status_secret, set_status_service

PAGE = ROOT / "docs" / "payout-status.md"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the example looks at the clock


@pytest.mark.rule("A7")
@pytest.mark.timeout(120)
def test_the_example_says_what_became_of_payouts_to_who_knows_the_secret(db, tmp_path, monkeypatch):
    monkeypatch.setenv("TAEL_SOURCES_TO_PRIVATE", "1")
    (port,) = free_ports(1)
    made = set_status_service(
        channel="Alipay", address=f"http://127.0.0.1:{port}/payouts", actor=STAFF, at=IN_NOVEMBER
    )
    paid, failed, unheard = unknown("10.00", "20.00", "30.00")
    answer = json.loads(blocks(PAGE, "json")[0])
    told = {}
    for row, said in zip((paid, failed), answer["payouts"], strict=True):
        assert said.pop("reference").endswith(f"-{12 if row is paid else 13}")
        told[name(row)] = said
    known = tmp_path / "payouts.json"
    known.write_text(json.dumps(told), "utf-8")
    (code,) = blocks(PAGE, "python")
    program = tmp_path / "bank.py"
    program.write_text(code, "utf-8")
    environment = {
        **os.environ,
        "SECRET": made.secret,
        "PORT": str(port),
        "PAYOUTS": str(known),
    }
    child = subprocess.Popen(
        [sys.executable, str(program)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)

        assert ask_due(clock=now) == 3

        assert [standing(row)[0] for row in (paid, failed, unheard)] == [
            "paid",
            "failed",
            "unknown",
        ]
        new_status_secret(channel="Alipay", actor=STAFF, at=IN_NOVEMBER)
        PayoutInquiry.objects.filter(pk=unheard.pk).update(next_ask_at=now() - timedelta(1))
        ask_due(clock=now)
        assert verdicts(unheard) == ["unknown", "unanswered"]
    finally:
        child.kill()
        child.wait(10)
