"""A story that does not go as it says is told where, and why."""

from __future__ import annotations

import pytest

from tael.cli.scenario import ScenarioError, Story, play, read_scenario
from tael.wallet.flow_search import Wanted, all_records

SCENE = """
at 2026-03-01 09:00
customer 10012 "Li Hua"
wallet 100001 owner=10012 currency=CNY
recharge 100001 5.00 as=first
"""


def told(db, line: str) -> str:
    """What is said about a line that comes after the scene."""
    steps = read_scenario(f"{SCENE}{line}\n", "tea")
    with pytest.raises(ScenarioError) as error:
        play(steps, Story("tea"))
    return str(error.value)


def test_what_goes_wrong_is_told_with_file_and_line(db):
    assert told(db, "deduct 100001 6.00").startswith(
        "tea:6: deduct is refused with insufficient_funds: "
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("steal 100001 5.00", "there is no verb steal"),
        ("deduct 100001 1.00 ! insufficient_funds", "is not refused with insufficient_funds"),
        ("deduct 100001 6.00 ! locked_funds", "refused with insufficient_funds"),
        ("deduct 100001", "an amount is missing"),
        ("deduct x 5.00", "x is no number"),
        ("deduct 100001 1.00 CNY more", "deduct does not know more"),
        ("deduct 100001 1.00 form=frozen", "deduct does not know form"),
        ("deduct 100001 1.00 from=locked", "liquid or frozen"),
        ("recharge 100001 1.00 spend_only=maybe", "yes or no"),
        ("freeze 100001 1.00 until=soon", "soon is no date"),
        ("withdraw 100001 1.00", "payee= is missing"),
        ("approve w1", "nothing has been called w1"),
        ("wallet 100009 owner=10012 currency=USD", "has got the number 100002"),
        ("channel Alipay maybe", "a channel is on or off"),
        ("currency MILES decimals=0 kind=air", "money or points"),
        ("expect 100001 liquid=5.01", "liquid of 100001 is 5.00, not 5.01"),
        ("expect 100001 solid=1", "100001 has no solid"),
        ("expect 100001", "nothing is claimed"),
        ("expect house:income:CNY balance=0.00", "there is no account house:income:CNY"),
        ("calculate pricecalc 1 + 1 = 3.00", "pricecalc gives 2.00, not 3.00"),
        ("calculate magic 1 = 1", "there is no calculation magic"),
        ("calculate fee 1 1 x = 1", "x is no number of decimals"),
        ("currency MILES decimals=x", "x is no number of decimals"),
        ("number steal 10012 2020-01-15 = 1", "there is no operation steal"),
        ("calculate fee 1 1", "after = stands the result"),
        ("number freeze 10012 2020-01-15T16:54:06 = 1", "the number is 42020011516540610012"),
    ],
)
def test_a_step_that_is_wrong_is_told(db, line, said):
    assert said in told(db, line)


def test_the_clock_goes_on_by_a_minute_and_keys_are_the_storys(db):
    story = Story("tea")
    play(read_scenario(SCENE, "tea"), story)

    (record,) = all_records(Wanted()).records
    assert record.effective_at.isoformat() == "2026-03-01T09:02:00+00:00"
    assert story.numbers["first"] == record.id
