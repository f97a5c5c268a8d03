"""Reading a scenario: one step a line, and a message with file and line for what cannot be read.

One step a line: a verb, its words, then facts as name=value. `! code` at the end of a line says that
the step is refused so. `#` begins a comment; rules of the specification are named in comments.

    at        2026-03-01 09:00
    customer  10012 "Li Hua"
    wallet    100001 owner=10012 currency=CNY
    recharge  100001 1000.00 channel=Alipay
    transfer  100001 100002 1000.01            ! insufficient_funds
    expect    100001 liquid=1000.00 frozen=0.00
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import Final

REFUSED: Final = "!"
_FACT: Final = re.compile(r"([a-z][a-z_]*)=(.*)", re.DOTALL)
_CODE: Final = re.compile(r"[a-z][a-z0-9_]+")


class ScenarioError(Exception):
    """A scenario cannot be read, or did not go as it says. Names the file and the line."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


@dataclass(slots=True)
class Step:
    """One line.

    Args:
        place: file and line, for messages.
        words: what stands after the verb, in its order. facts: what stands as name=value.
        refusal: the code with which the step is refused; None when it is carried out.
    """

    place: str
    verb: str
    words: list[str]
    facts: dict[str, str]
    refusal: str | None = None
    _asked: set[str] = field(default_factory=set)

    def word(self, what: str) -> str:
        """Take the next word.

        Raises:
            ScenarioError: there is none; ``what`` says what it would have been.
        """
        if not self.words:
            raise ScenarioError(self.place, f"{self.verb}: {what} is missing")
        return self.words.pop(0)

    def word_or(self, otherwise: str) -> str:
        """Take the next word if there is one."""
        return self.words.pop(0) if self.words else otherwise

    def fact(self, name: str, otherwise: str = "") -> str:
        """Give a fact, which may be left away."""
        self._asked.add(name)
        return self.facts.get(name, otherwise)

    def must(self, name: str) -> str:
        """Give a fact that must be there."""
        if name not in self.facts:
            raise ScenarioError(self.place, f"{self.verb}: {name}= is missing")
        return self.fact(name)

    def rest(self) -> dict[str, str]:
        """Take the facts that nobody has asked for by name."""
        left = {name: fact for name, fact in self.facts.items() if name not in self._asked}
        self._asked |= set(left)
        return left

    def finish(self) -> None:
        """Refuse what nobody took: a misspelt fact would be passed over in silence.

        Raises:
            ScenarioError: words or facts are left.
        """
        left = [*self.words, *self.rest()]
        if left:
            raise ScenarioError(self.place, f"{self.verb} does not know {', '.join(left)}")


def read_scenario(text: str, name: str) -> list[Step]:
    """Read a scenario.

    Args:
        name: of the file, for messages.

    Raises:
        ScenarioError: a line cannot be read.
    """
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        try:
            tokens = shlex.split(line, comments=True)
        except ValueError as error:
            raise ScenarioError(place, str(error).lower()) from error
        if tokens:
            steps.append(_step(place, tokens))
    return steps


def _step(place: str, tokens: list[str]) -> Step:
    refusal = None
    if REFUSED in tokens:
        mark = tokens.index(REFUSED)
        tokens, said = tokens[:mark], tokens[mark + 1 :]
        if len(said) != 1 or not _CODE.fullmatch(said[0]):
            raise ScenarioError(place, "after ! stands the code of one refusal")
        refusal = said[0]
    if not tokens:
        raise ScenarioError(place, "there is no verb")
    words, facts = [], {}
    for token in tokens[1:]:
        fact = _FACT.fullmatch(token)
        if fact is None:
            words.append(token)
        elif fact[1] in facts:
            raise ScenarioError(place, f"{fact[1]}= stands twice")
        else:
            facts[fact[1]] = fact[2]
    return Step(place, tokens[0], words, facts, refusal)
