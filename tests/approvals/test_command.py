"""Acts that can be proposed are known by their code, and by nothing else."""

from __future__ import annotations

import pytest

from tael.approvals.command import Agreed, Command, UnknownCommand, command_named, commands, nobody

pytestmark = pytest.mark.rule("I32")


def test_an_act_that_nobody_registered_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownCommand) as refused:
        command_named("settlement.give_away" + "y" * 100)

    assert refused.value.field == "command"
    assert len(refused.value.there) == 40
    assert refused.value.allowed == ", ".join(commands())


def test_each_act_of_the_house_is_found_by_its_code():
    assert "settlement.adjust" in commands()
    assert [command_named(code).code for code in commands()] == sorted(commands())


def test_an_act_concerns_no_customer_unless_it_says_so():
    act = Command("test.act", "An act", lambda payload, _told, agreed: {**payload, "by": agreed})

    assert act.concerns is nobody
    assert act.concerns({"account": 500001}) is None
    assert act.carry_out({"a": 1}, None, Agreed(7, "user:1")) == {"a": 1, "by": (7, "user:1")}
