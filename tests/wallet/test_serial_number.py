from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from tael.books import SnoMalformed
from tael.wallet.operation import Operation
from tael.wallet.serial_number import (
    business_zone,
    entry_meant,
    generated,
    parse_serial_number,
    serial_number,
)

MOMENT = datetime(2020, 1, 15, 16, 54, 6, tzinfo=UTC)


@pytest.mark.rule("F-20")
def test_the_seeds_example():  # X-F10
    sno = serial_number(Operation.FREEZE, MOMENT, 10012)

    assert sno == "42020011516540610012"
    assert len(sno) == 20


@pytest.mark.rule("F-20")
def test_the_time_is_told_in_the_business_zone():
    with override_settings(TAEL_TIME_ZONE="Asia/Shanghai"):
        assert business_zone() == ZoneInfo("Asia/Shanghai")
        assert serial_number(Operation.RECHARGE, MOMENT, 1) == "1202001160054061"
        assert generated(operation=Operation.RECHARGE, at=MOMENT, entry_id=1).startswith(
            "120200116005406"
        )
    early = datetime(999, 1, 1, tzinfo=timezone(timedelta(0)))
    assert serial_number(Operation.RECHARGE, early, 1, zone=UTC) == "1099901010000001"


@pytest.mark.rule("F-20")
def test_a_serial_number_is_read_back():
    parsed = parse_serial_number("42020011516540610012", operation=Operation.FREEZE)

    assert (parsed.operation, parsed.at, parsed.object_id) == (Operation.FREEZE, MOMENT, "10012")


@pytest.mark.rule("F-20", "F-38")
@pytest.mark.parametrize(
    "sno",
    [
        "",
        "5",
        "52020011516540610012",  # another operation
        "42020131516540610012",  # no such month
        "42020011525540610012",  # no such hour
        "420200115165406",  # no object
        "4２０２００１１５１６５４０６１",
        "4" * 65,
    ],
)
def test_what_is_no_serial_number_of_the_operation_is_refused(sno: str):
    with pytest.raises(SnoMalformed):
        parse_serial_number(sno, operation=Operation.FREEZE)


@pytest.mark.rule("F-20")
def test_generated_numbers_never_collide_within_a_second():
    numbers = {
        generated(operation=Operation.RECHARGE, at=MOMENT, entry_id=entry) for entry in range(500)
    }

    assert len(numbers) == 500
    assert {len(number) for number in numbers} == {27}
    assert entry_meant(max(numbers)) == 499
    assert entry_meant("42020011516540610012") is None
    assert generated(operation=Operation.RECHARGE, at=MOMENT, entry_id=10**13)[15:] == str(10**13)


@pytest.mark.rule("F-01")
def test_the_seven_operations_have_their_numbers_and_words():
    assert [(int(each), each.word) for each in Operation] == [
        (1, "recharge"),
        (2, "deduct"),
        (3, "transfer"),
        (4, "freeze"),
        (5, "unfreeze"),
        (6, "withdraw"),
        (7, "exchange"),
    ]
