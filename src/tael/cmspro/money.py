"""The call of seed 1 (資金操作): ``money.init(type, data, code)`` and the calculations beside it.

    from tael.cmspro import money

    result = money.init(1, {"ctype": "CNY", "money": "1", "mtype": "System", "uid": 10012}, "AdminRecharge")
    if not result:
        print(result.error)

Source: seed 1, whole; F-01, F-02, A-F15.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import django
from django.apps import apps

from tael.cmspro.arithmetic import (
    CalculationRefused,
    fee,
    pricecalc,
    pricefentoyuan,
    priceformat,
    priceyuantofen,
)
from tael.postgres.connect import NoDatabase, find_databases
from tael.postgres.home import home_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tael.cmspro.result import Result

__all__ = [
    "CalculationRefused",
    "fee",
    "init",
    "pricecalc",
    "pricefentoyuan",
    "priceformat",
    "priceyuantofen",
]

OURS: Final = "tael.web.settings"


def init(
    type: int | str,
    data: Mapping[str, Any],
    code: str = "",
    *,
    actor: str | None = None,
    at: datetime | None = None,
) -> Result:
    """Carry out one of the seven operations with the seed's parameter names.

    What a rule refuses is a result that is false, with the reason in ``error``; nothing has changed
    then. A call whose `sno` was used before gives the first result again and moves nothing.

    Args:
        type: 1 recharge, 2 deduct, 3 transfer, 4 freeze, 5 thaw, 6 withdraw, 7 exchange.
        data: the data array (數組數據).
        code: what the site calls the operation. UserWithdraw makes a freeze an application to withdraw,
            AdminThaw lets a thaw refuse it; every other code is only kept.
        actor: who is asking, as "user:10000", which is his uid on the site; the customer for a code that
            begins with User, else the site.
        at: when it takes effect, aware; now if not given.

    Raises:
        NoDatabase: there is none to work on, which is no answer to the call.
        OutcomeUnknown: the database went away and nobody knows what became of the call.

    Source: F-01, F-02, F-19 to F-37; A-F2, A-F15.
    """
    _open()
    from tael.cmspro.data import Data, parse_operation  # noqa: PLC0415 - needs the database's settings
    from tael.cmspro.operations import carry_out, refused  # noqa: PLC0415 - the same
    from tael.refusal import Refusal  # noqa: PLC0415 - the same

    operation = None
    try:
        operation = parse_operation(type)
        asked = Data(operation, data, code, actor, at or datetime.now(UTC))  # noqa: TID251 - a door
    except Refusal as refusal:
        return refused(refusal, operation)
    return carry_out(asked)


def _open() -> None:
    """Find the database, unless the program around has done so. Calculations need none."""
    if not apps.ready:
        settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", OURS)
        if settings == OURS and find_databases(os.environ) is None:
            home = home_of(os.environ).path
            raise NoDatabase(f"There is no database for {home}.", field="TAEL_DATABASE_URL")
        django.setup()
