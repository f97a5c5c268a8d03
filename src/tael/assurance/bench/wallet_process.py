"""A program that uses Tael as a library: it settles customers and then operates on their wallets when told.

Run as ``python -m tael.assurance.bench.wallet_process``, it takes one JSON object a line and answers with
one: ``{"settle": 200}``, then ``{"run": 3.0, "threads": 32}``.

Source: issue 2, section 6 (W4).
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import django
from django.db import connections

from tael.assurance.bench.machine import resident_megabytes
from tael.assurance.bench.traffic import now

if TYPE_CHECKING:
    from tael.assurance.bench.town import Customer

SCOPES: Final = ("recharge", "deduct", "transfer", "freeze", "unfreeze", "withdraw", "exchange")


def main() -> None:
    """Answer line by line until the input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tael.web.settings")
    django.setup()
    customers: list[Customer] = []
    for line in sys.stdin:
        asked = json.loads(line)
        if "settle" in asked:
            answer, customers = _settle(asked["settle"])
        else:
            answer = _run(customers, asked["run"], asked["threads"])
        print(json.dumps(answer), flush=True)  # noqa: T201 - it is how we answer


def _settle(many: int) -> tuple[dict[str, Any], list[Customer]]:
    """Make the customers, and an API key that may do every operation."""
    from tael.assurance.bench.town import STAFF, settle  # noqa: PLC0415 - needs Django's settings
    from tael.parties.api_key import create_api_key  # noqa: PLC0415 - the same

    customers = settle(many)
    key = create_api_key(
        name="bench", scopes=[f"operations:{name}" for name in SCOPES], actor=STAFF, at=now()
    )
    numbers = [(one.wallet.number, one.second.number, one.payee, one.hold) for one in customers]
    return {"customers": numbers, "key": key.text}, customers


def _run(customers: list[Customer], seconds: float, threads: int) -> dict[str, Any]:
    """Operate from so many threads; each waits for its answer before it asks again."""
    from tael.assurance.bench.town import operate  # noqa: PLC0415 - needs Django's settings

    latencies: list[list[float]] = [[] for _ in range(threads)]
    failures: list[str] = []
    cpu, began = time.process_time(), time.perf_counter()

    def work(place: int) -> None:
        chance = random.Random(f"{place} {time.time_ns()}")  # noqa: S311 - amounts of a benchmark
        try:
            while (asked := time.perf_counter()) - began < seconds:
                operate(customers, chance)
                latencies[place].append(time.perf_counter() - asked)
        except Exception as failure:  # noqa: BLE001 - told to the one who asked
            failures.append(f"{failure!r} from {failure.__cause__!r}")
        finally:
            connections.close_all()  # gives this thread's one back to the pool

    workers = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {
        "seconds": time.perf_counter() - began,
        "client": time.process_time() - cpu,
        "latencies": [each for one in latencies for each in one],
        "failures": failures,
        "memory": resident_megabytes(),
    }


if __name__ == "__main__":
    main()
