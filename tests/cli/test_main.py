"""What the command says, whatever happens."""

from __future__ import annotations

import errno

import click
import pytest

from tael.cli import main as cli
from tael.refusal import Refusal


class NotToday(Refusal):
    """It is closed."""

    code = "not_today"
    remedy = "Come back tomorrow."


def fails_with(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> int | str | None:
    def fail(**_: object) -> None:
        raise failure

    monkeypatch.setattr(cli.tael, "main", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_a_refusal_is_said_with_code_facts_and_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = NotToday("The house is closed.", there="a holiday", allowed="a weekday")

    assert fails_with(monkeypatch, refusal) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "not_today: The house is closed.",
        "  there: a holiday",
        "  allowed: a weekday",
        "  Come back tomorrow.",
    ]


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fails_with(monkeypatch, KeyboardInterrupt()) == 130
    assert fails_with(monkeypatch, click.Abort()) == 130


def test_a_full_disk_is_said_and_that_the_act_may_have_been_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fails_with(monkeypatch, OSError(errno.ENOSPC, "No space left on device")) == 1
    assert "look before you ask again" in capsys.readouterr().err
    with pytest.raises(PermissionError):
        fails_with(monkeypatch, PermissionError())


def test_a_bug_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.tael, "main", fail)
    with pytest.raises(ZeroDivisionError):
        cli.main()


@pytest.mark.parametrize("name", [*cli.COMMANDS, *cli.NOUNS])
def test_every_listed_command_is_there_and_explains_itself(name: str) -> None:
    command = cli.Commands().get_command(click.Context(cli.tael), name)

    assert command is not None
    assert command.help
