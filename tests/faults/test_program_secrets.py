"""Canaries of programs and files: keys, codes, secrets and account numbers are looked for everywhere they passed.

Source: reliability T22.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import subprocess
import sys

import pytest

from api.client import Caller, a_key, amount
from builders import a_wallet
from faults.test_sign_in_secrets import everything
from tael.channels.gateways import registry
from tael.channels.gateways.signed_test import SignedTestGateway
from tael.wallet import deduct as deducting
from tael.web.log import JsonLines

BANK = "6222998877665544332"
GATEWAY = b"canary-gateway-secret-77-abc"
WRONG_KEY = "tael_canary_wrong_key_0000000000000000000000"
MAY_HOLD = {  # where a secret must stand, because it is used from there
    "bank account": {"parties_payee"},
    "webhook secret": {"outbox_endpoint"},
}


@pytest.fixture
def log():
    """Everything that is logged meanwhile, as the server would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def alipay(monkeypatch):
    gateway = SignedTestGateway(channel="Alipay", merchant="tael", secrets=(GATEWAY,))
    monkeypatch.setattr(registry, "_gateways", lambda: {"Alipay": gateway})


@pytest.mark.rule("T22")
def test_no_secret_of_a_program_is_found_where_it_does_not_belong(
    db, owner, log, alipay, monkeypatch
):
    house, wallet = a_key(), a_wallet(free="50")
    secrets = {"API key": house.text, "wrong key": WRONG_KEY, "bank account": BANK}
    secrets["gateway key"] = GATEWAY.decode()
    answers = [*turned_away(house, wallet), *bank(house, wallet)]
    issued = house.post("/card-batches", {"amount": amount("5"), "count": 2})
    assert issued.status == 201, issued.body
    for place, code in enumerate(issued.body["codes"]):
        secrets[f"card {place}"] = code
        secrets[f"bare card {place}"] = code.replace("-", "")
    redeemed = {"code": issued.body["codes"][0], "owner": wallet.owner}
    answers += [house.post("/cards/redeem", redeemed), house.post("/cards/redeem", redeemed)]
    hooked = house.post("/webhooks", {"url": "https://example.com/hooks"})
    secrets["webhook secret"] = hooked.body["secret"].removeprefix("whsec_")
    answers += [house.get("/webhooks"), house.get(f"/webhooks/{hooked.body['number']}")]
    answers += a_fault(house, wallet, monkeypatch)

    written = log.getvalue()
    assert "RuntimeError" in written, "the fault is logged"
    shown = [answer.raw.decode() for answer in answers]
    rows = everything(owner)
    for name, text in secrets.items():
        assert text not in written, f"{name} in the log"
        assert not any(text in answer for answer in shown), f"{name} in an answer"
        forms = {text, text.encode().hex(), base64.b64encode(text.encode()).decode()}
        held = {table for table, kept in rows.items() if any(form in kept for form in forms)}
        assert held == MAY_HOLD.get(name, set()), name


def turned_away(house, wallet):
    """A wrong key, a forged notice, a body that is none, and what is not there."""
    nobody = Caller(WRONG_KEY)
    return [
        nobody.get("/wallets"),
        house.post("/callbacks/Alipay", {"event": "x"}, key=None),
        house.send("POST", "/recharge", b"{not json", key="new"),
        house.get("/wallets/999999"),
        house.post("/withdraw", {"wallet": wallet.number, "amount": amount("1"), "payee": 999}),
    ]


def bank(house, wallet):
    """A payee account, and a withdrawal that names it and is refused."""
    path = f"/customers/{wallet.owner}/payee-accounts"
    told = {"kind": "bank", "holder": "Li Hua", "details": {"account": BANK}}
    made = house.post(path, told)
    assert made.status == 201, made.body
    asked = {"wallet": wallet.number, "amount": amount("99"), "payee": made.body["number"]}
    return [house.post("/withdraw", asked), house.post("/withdrawals", asked)]


def a_fault(house, wallet, monkeypatch):
    """Let an operation fall over in the middle."""

    def fall(**_given):
        raise RuntimeError

    monkeypatch.setattr(deducting, "deduct", fall)
    body = {"wallet": wallet.number, "amount": amount("1"), "info": "fault"}
    answer = house.post("/deduct", body)
    assert answer.status == 500
    assert "RuntimeError" not in json.dumps(answer.body)
    return [answer]


@pytest.mark.rule("T22")
def test_the_password_of_the_database_is_on_no_command_line_and_in_no_error():
    canary = "canary-database-password-31"
    told = {
        **os.environ,
        "TAEL_DATABASE_URL": f"postgresql://tael:{canary}@127.0.0.1:9/tael",
        "TAEL_OWNER_DATABASE_URL": f"postgresql://tael:{canary}@127.0.0.1:9/tael",
    }
    for command in (["doctor"], ["migrate"], ["wallet", "list"], ["serve", "--port", "0"]):
        done = subprocess.run(
            [sys.executable, "-m", "tael", *command],
            env=told,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert canary not in done.stdout + done.stderr, command
        assert "Traceback" not in done.stderr, command
