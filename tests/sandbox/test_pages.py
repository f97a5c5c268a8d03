"""The sandbox's pages as a browser meets them: a real process, forms with tokens, nothing loaded from elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import RequestFactory

from faults.gateway_place import Browser, Program, free_port
from sandbox.conftest import SECRET
from tael.sandbox.page import _check_here
from tael.sandbox.refusals import ControlElsewhere
from tael.sandbox.signature import SECRET_PREFIX, sign_parameters
from tael.sandbox.store import Store

NOWHERE = "http://127.0.0.1:9/told"


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Iterator[Program]:
    import base64

    folder = Path(tmp_path_factory.mktemp("sandbox"))
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("TAEL_", "DJANGO_"))}
    secret = SECRET_PREFIX + base64.b64encode(SECRET).decode()
    environment = {
        **kept,
        "TAEL_HOME": str(folder),
        "TAEL_SANDBOX_FOLDER": str(folder),
        "TAEL_SANDBOX_MERCHANTS": f"shop={secret}",
        "TAEL_SANDBOX_BACKOFF": "0.1",
    }
    program = Program(["sandbox"], free_port(), environment, folder / "log")
    program.start()
    yield program
    program.stop()


@pytest.fixture
def browser(program: Program) -> Iterator[Browser]:
    with httpx.Client(timeout=20) as client:
        yield Browser(program.address, client)


def redirect(order: str, **changes: str) -> dict[str, str]:
    told = {
        "merchant": "shop",
        "environment": "test",
        "order": order,
        "amount": "10.00",
        "currency": "CNY",
        "notify_url": NOWHERE,
        "subject": "<script>alert(1)</script>",
        "return_url": "http://127.0.0.1:9/back?a=1",
        **changes,
    }
    return told | {"signature": sign_parameters(SECRET, "pay", told)}


def test_every_page_shuts_out_what_is_not_its_own_and_is_kept_by_nobody(browser):
    payment = browser.see("/pay", params=redirect("R1"))
    pages = [payment, *map(browser.see, ("/", "/control", "/pay/none", "/control/none"))]

    assert [page.status_code for page in pages] == [200, 200, 200, 404, 404]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        assert not re.search(r"<script|style=|onclick|https?://(?!127\.0\.0\.1)", page.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in payment.text
    assert browser.see("/static/sandbox.css").headers["content-type"] == "text/css"


def test_a_tampered_or_doubled_parameter_is_refused_on_a_page(browser):
    told = redirect("R2")

    tampered = browser.see("/pay", params=told | {"amount": "0.01"})
    doubled = browser.see("/pay", params=[*told.items(), ("amount", "10.00")])
    unsigned = browser.see("/pay", params={"order": "R2"})

    assert [page.status_code for page in (tampered, doubled, unsigned)] == [403, 400, 400]
    assert "sandbox_signature" in tampered.text
    assert "Traceback" not in tampered.text + doubled.text + unsigned.text


def test_nothing_is_done_without_the_pages_own_token(browser, program):
    path = browser.see("/pay", params=redirect("R3")).url.path

    for target in (path, "/control", "/control/release", "/language"):
        answer = httpx.post(program.address + target, data={"act": "pay", "copies": "9"})
        assert answer.status_code == 403
    assert "Leave without paying" in browser.see(path).text


def test_the_way_back_names_the_order_and_joins_what_was_there(browser):
    path = browser.see("/pay", params=redirect("R4")).url.path

    browser.do(path, act="pay_other", amount="12.00")
    shown = browser.see(path).text

    assert "http://127.0.0.1:9/back?a=1&amp;order=R4&amp;status=paid" in shown
    assert "12.00 CNY" in shown


@pytest.mark.parametrize("amount", ["", "0", "-1", "1e3", "1.001", "１", "<b>"])
def test_an_amount_that_is_none_is_refused_and_the_payment_stays_open(browser, amount):
    path = browser.see("/pay", params=redirect("R5")).url.path

    answer = browser.do(path, act="pay_other", amount=amount)

    assert answer.status_code == 400
    assert 'value="pay"' in browser.see(path).text


def test_the_reader_chooses_his_language_else_his_browser_does(browser, program):
    asked = httpx.get(f"{program.address}/control", headers={"Accept-Language": "zh-TW,en"})
    assert 'lang="zh-hant"' in asked.text
    assert "控制頁" in asked.text

    browser.do("/language", page="/", language="zh-hans", back="/control")
    assert "控制页" in browser.see("/control").text
    away = browser.do("/language", page="/", language="en", back="//thief.example/")
    assert away.headers["location"] == "/"
    assert browser.do("/language", page="/", language="xx", back="/").status_code == 400


@pytest.mark.parametrize(
    "told",
    [
        {"copies": "101"},
        {"copies": "x"},
        {"shift": "9999999999"},
        {"after": "-1"},
        {"seal": "new"},
        {"body": "new"},
        {"event": "a\nb"},
    ],
)
def test_an_operator_cannot_ask_for_what_cannot_be_sent(browser, told):
    path = browser.see("/pay", params=redirect("R6")).url.path
    control = path.replace("/pay/", "/control/")

    answer = browser.do(f"{control}/send", page=control, **told)

    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_the_secrets_stand_on_no_page_in_no_state_and_no_log(browser, program):
    """T22."""
    browser.see("/pay", params=redirect("R7"))
    folder = Path(program.environment["TAEL_SANDBOX_FOLDER"])
    secret = program.environment["TAEL_SANDBOX_MERCHANTS"].partition("_")[2].encode()
    written = program.log.read_bytes() + browser.see("/control").content

    Store(folder).rows("SELECT 1")
    for path in folder.glob("sandbox.sqlite3*"):
        written += path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0 or path.name != "sandbox.sqlite3"
    assert secret not in written
    assert SECRET not in written


def test_a_method_that_a_page_does_not_take_is_named(browser, program):
    answer = httpx.put(f"{program.address}/query")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_question_that_is_not_signed_is_refused_in_json(program):
    answer = httpx.post(
        f"{program.address}/query",
        data={"merchant": "shop", "order": "R1", "asked_at": "1", "signature": "v1,x"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "sandbox_signature")


def test_the_control_page_is_for_the_machine_itself(browser, program):
    assert browser.see("/control").status_code == 200

    for name in ("X-Forwarded-For", "Forwarded", "Via"):
        relayed = httpx.get(f"{program.address}/control", headers={name: "192.0.2.7"})
        assert relayed.status_code == 403
        assert "sandbox_control_elsewhere" in relayed.text


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("10.0.0.3", False), ("", False)],
)
def test_nobody_controls_it_from_another_machine(address, allowed):
    request = RequestFactory(REMOTE_ADDR=address).get("/control")

    if allowed:
        _check_here(request)
    else:
        with pytest.raises(ControlElsewhere):
            _check_here(request)
