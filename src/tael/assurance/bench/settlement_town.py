"""A platform with many merchants, and one period of their business records. Needs Django's settings.

The records are written by one statement, as no caller could tell so many in a reasonable time; what is
measured, the bill run, is the real one.

Source: issue 4 (`tael bench settlement`); B-21, B-22.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from tael import books
from tael.assurance import doctor
from tael.assurance.bench.machine import resident_megabytes
from tael.parties.customer import register
from tael.settlement.accounts.merchant_account import open_merchant_account
from tael.settlement.bills.bill_run import run_bills
from tael.settlement.registry import add_kind, add_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ZONE: Final = "Asia/Shanghai"
FIRST: Final = date(2026, 10, 1)
BILLED: Final = date(2026, 11, 1)
AT: Final = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo(ZONE))
SYSTEM: Final = "system"
KINDS: Final = {"phone": "min", "data": "M", "trade": ""}
REVERSED: Final = 50  # every fiftieth record is a reversal

_NORMAL: Final = """
    INSERT INTO settlement_accrual (account, source, kind, number, type, state, amount, quantity, day, occurred_on,
        origin, reversed, reversed_quantity, note, recorded_at, recorded_by, decided_at, decided_by)
    SELECT %(first)s + g %% %(accounts)s, 'shop', (%(kinds)s::text[])[1 + x %% 3], 'N' || g, 'normal', 'confirmed',
        CASE WHEN x %% 7 = 0 THEN -1 ELSE 1 END * (100 + x %% 9973), CASE WHEN x %% 3 < 2 THEN 1 + x %% 50 END, d.day, d.day,
        'import', 0, 0, '', %(at)s, 'system', %(at)s, 'system'
    FROM (SELECT g, abs(hashint8(g + %(seed)s * 1000003)::bigint) AS x FROM generate_series(0, %(many)s - 1) AS g) AS g,
        LATERAL (SELECT %(day)s::date + (x %% 31)::int AS day) AS d
"""
_REVERSALS: Final = """
    INSERT INTO settlement_accrual (account, source, kind, number, type, reverses, reversed_number, state, amount,
        quantity, day, occurred_on, origin, reversed, reversed_quantity, note, recorded_at, recorded_by, decided_at,
        decided_by)
    SELECT account, source, kind, 'R' || number, 'reversal', id, number, 'confirmed', -amount, quantity, day,
        occurred_on, 'import', 0, 0, '', recorded_at, recorded_by, decided_at, decided_by
    FROM settlement_accrual ORDER BY id LIMIT %s
"""
_REVERSED: Final = """
    UPDATE settlement_accrual AS a SET reversed = abs(a.amount), reversed_quantity = coalesce(a.quantity, 0)
    FROM settlement_accrual AS r WHERE r.reverses = a.id
"""


def settle(*, records: int, accounts: int, seed: int) -> dict[str, Any]:
    """Open the accounts and write the records of one month."""
    said: dict[str, Any] = {"actor": SYSTEM, "at": AT}
    add_source(code="shop", name="The shop", zone=ZONE, first_day=FIRST, **said)
    for code, unit in KINDS.items():
        add_kind(code=code, names={"en": code.capitalize()}, unit=unit, **said)
    with transaction.atomic():
        opened = [
            open_merchant_account(
                owner=register(name=f"Merchant {place}", **said).number, currency="CNY", **said
            ).number
            for place in range(accounts)
        ]
    assert opened == list(range(opened[0], opened[0] + accounts))
    back = records // REVERSED
    values = {
        "first": opened[0],
        "accounts": accounts,
        "kinds": list(KINDS),
        "seed": seed,
        "many": records - back,
        "at": AT,
        "day": FIRST,
    }
    with transaction.atomic():
        books.connection().execute(_NORMAL, values)
        books.connection().execute(_REVERSALS, [back])
        books.connection().execute(_REVERSED)
    return {}


def bill() -> dict[str, Any]:
    """Run the bills of the month, and say how long it took and how much memory."""
    began = time.perf_counter()
    progress = run_bills(day=BILLED, actor=SYSTEM, at=AT)
    seconds = time.perf_counter() - began
    memory = resident_megabytes()
    did = {"bills": progress.bills, "records": progress.records, "parked": progress.parked}
    return did | {"seconds": seconds, "memory": memory and memory[1]}


def prove() -> dict[str, Any]:
    """Give what the doctor finds in the settlement, in words."""
    connection = books.connection()
    found = doctor.examine(connection, server=False).violations
    return {"broken": [f"{each.invariant} {each.subject}: {each.message}" for each in found]}


STEPS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "settle": settle,
    "bill": bill,
    "prove": prove,
}
