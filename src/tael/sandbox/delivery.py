"""Sends the notices by HTTP until the merchant answers `success`, with growing pauses.

A notice is marked as delivered after the answer has come: killed in between, the sandbox sends it
again at the next start, as real gateways do. The time is signed anew at every attempt, the event's
number stays.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx

from tael.sandbox.signature import sign_notice

if TYPE_CHECKING:
    import sqlite3

    from tael.sandbox.house import House

SUCCESS: Final = b"success"
PATIENCE: Final = 10.0  # seconds for one attempt
HANDS: Final = 8  # attempts at the same time
PAUSE: Final = 0.1  # seconds between two looks
ANSWER_KEPT: Final = 200  # characters
ANSWER_READ: Final = 4096  # bytes
PADDING: Final = {"large": 100_000, "huge": 1_000_000}  # bytes
LOG: Final = logging.getLogger(__name__)


def start(house: House) -> threading.Thread:
    """Send in the background for as long as this process lives."""
    thread = threading.Thread(target=_run, args=(house,), name="sandbox-delivery", daemon=True)
    thread.start()
    return thread


def send_due(house: House, client: httpx.Client, hands: ThreadPoolExecutor, *, now: float) -> int:
    """Send what is due, side by side, and tell how many notices."""
    due = house.store.rows(
        "SELECT notice.*, payment.notify_url, payment.merchant FROM notice"
        " JOIN payment ON payment.id = notice.payment"
        " WHERE notice.state = 'waiting' AND due <= ? ORDER BY due, notice.id LIMIT 100",
        now,
    )
    for row in hands.map(lambda row: _send(house, client, row), due):
        del row
    return len(due)


def packed(
    house: House, notice: sqlite3.Row, merchant: str, *, now: float
) -> tuple[bytes, dict[str, str]]:
    """Give body and headers of a notice as it goes over the wire, spoiled as its plan says."""
    facts = json.loads(notice["facts"])
    body = notice["facts"].encode()
    if notice["body"] == "amount_twice":
        body = body[:-1] + b',"amount":"0.01"}'
    elif notice["body"] in PADDING:
        body = json.dumps(facts | {"padding": "x" * PADDING[notice["body"]]}).encode()
    elif notice["body"] == "no_json":
        body = b"order=" + str(facts["order"]).encode()
    seconds = int(now) + notice["shift"]
    secret = _secret(house, notice["seal"], merchant)
    signature = sign_notice(secret, notice["event"], seconds, body)
    headers = {
        "content-type": "application/json",
        "webhook-id": notice["event"],
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature,
    }
    if notice["body"] == "reserialised":
        body = json.dumps(facts, indent=1).encode()
    return body, headers | _spoiled(notice["seal"], signature)


def _spoiled(seal: str, signature: str) -> dict[str, str]:
    name = "webhook-signature"
    if seal == "twice":
        return {name: f"{signature} {signature}"}
    if seal == "truncated":
        return {name: signature[:-6]}
    return {name: ""} if seal in {"empty", "missing"} else {}


def _secret(house: House, seal: str, merchant: str) -> bytes:
    if seal == "another_merchant":
        others = [secret for name, secret in sorted(house.merchants.items()) if name != merchant]
        return others[0] if others else secrets.token_bytes(32)
    return secrets.token_bytes(32) if seal == "another_secret" else house.merchants[merchant]


def _send(house: House, client: httpx.Client, notice: sqlite3.Row) -> None:
    if notice["merchant"] not in house.merchants:
        _note(house, notice, None, "the merchant has no secret here")
        return
    body, headers = packed(house, notice, notice["merchant"], now=time.time())
    if notice["seal"] == "missing":
        del headers["webhook-signature"]
    status: int | None = None
    try:
        with client.stream("POST", notice["notify_url"], content=body, headers=headers) as reply:
            status = reply.status_code
            read = b""
            for part in reply.iter_bytes(ANSWER_READ):
                read = part
                break
        answer = read[:ANSWER_READ].decode("utf-8", "replace")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:  # or the address is none
        answer = type(failure).__name__
    _note(house, notice, status, answer)


def _note(house: House, notice: sqlite3.Row, status: int | None, answer: str) -> None:
    """Write down how an attempt ended and when the next one is."""
    now = time.time()
    taken = status == httpx.codes.OK and answer.strip().encode() == SUCCESS
    done = notice["attempts"] + 1
    if taken:
        state, due = "delivered", now
    elif done > len(house.backoff) or not notice["genuine"]:
        state, due = "given_up", now  # what an operator composed is said once
    else:
        state, due = "waiting", now + house.backoff[done - 1]
    with house.store.change() as change:
        change.execute(
            "INSERT INTO attempt (notice, at, status, answer) VALUES (?, ?, ?, ?)",
            (notice["id"], now, status, answer[:ANSWER_KEPT]),
        )
        change.execute(
            "UPDATE notice SET state = ?, attempts = ?, due = ? WHERE id = ?",
            (state, done, due, notice["id"]),
        )


def _run(house: House) -> None:
    with (
        httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        ThreadPoolExecutor(HANDS, thread_name_prefix="sandbox-hand") as hands,
    ):
        while True:
            try:
                busy = send_due(house, client, hands, now=time.time())
            except Exception:  # the next round tries again, whatever it was
                LOG.exception("the sandbox could not send its notices")
                busy = 0
            time.sleep(0 if busy else PAUSE)
