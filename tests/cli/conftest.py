"""The command line in this process, on the test's own database."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tael.cli import call
from tael.cli.main import tael as the_command

if TYPE_CHECKING:
    from click.testing import Result

    from tael.postgres.connect import Databases


class Terminal:
    """Somebody at a terminal who types `tael …`."""

    def __call__(self, *words: object) -> Result:
        """Type a command; whatever fails in another way than by a refusal fails the test."""
        return CliRunner().invoke(
            the_command, [str(word) for word in words], catch_exceptions=False
        )

    def json(self, *words: object) -> dict[str, Any]:
        """Give the one object that a command answers."""
        done = self(*words, "--json")
        assert done.exit_code == 0, done.output
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def refusal(self, *words: object) -> dict[str, Any]:
        """Give the one object with which a command is refused."""
        done = self(*words, "--json")
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        answer: dict[str, Any] = json.loads(done.stderr)
        return answer


@pytest.fixture
def tael(db: Databases, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(call, "opened_database", lambda: nullcontext(db))
    return Terminal()
