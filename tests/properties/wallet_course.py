"""One course of events, on the real wallets and on paper at once, compared after every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from properties.wallet_books import Real
from properties.wallet_desk import Model
from properties.wallet_model import WALLETS, Again, Ask, No
from properties.wallet_switches import expire, expire_orders, switch
from tael.refusal import Refusal


@dataclass(frozen=True)
class Expiry:
    """The run that lets things expire."""

    at: datetime


@dataclass(frozen=True)
class Switch:
    """Something is switched off, or on if it is off."""

    kind: str
    name: str
    at: datetime


Event = Ask | Expiry | Switch


class Course:
    """Lets events happen. What does not agree is an AssertionError."""

    def __init__(self, reader: Any, at: datetime) -> None:
        self.real = Real(reader, at)
        self.model = Model()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.rows = self.real.state().rows
        self.at = at

    def happen(self, event: Event) -> None:
        self.at = event.at
        if isinstance(event, Ask):
            self._ask(event)
        elif isinstance(event, Expiry):
            assert expire(self.real, event.at) == self.model.expire(event.at), "other holds expired"
            self.model.expire_orders(event.at)
            expire_orders(at=event.at)
            self._compare("expiry", moved=True)
        else:
            self._switch(event)

    def _switch(self, event: Switch) -> None:
        there = self.model.switched_off(event.kind)
        there.symmetric_difference_update({event.name})
        switch(self.real, event.kind, event.name, off=event.name in there, at=event.at)
        self._compare("switch", moved=True)

    def _ask(self, ask: Ask) -> None:
        expected, replayed, entry = None, False, None
        try:
            entry = self.model.do(ask)
        except No as no:
            expected = no.code
        except Again as again:
            replayed, entry = True, again.entry
        refused, done = None, None
        try:
            done = self.real.do(ask)
        except Refusal as refusal:
            refused = refusal.code
        assert refused == expected, f"{ask.op} was refused as {refused}, on paper as {expected}"
        self._compare(ask.op, moved=refused is None and not replayed)
        if done is not None:
            assert done.replayed == replayed, f"{ask.op}: replayed is {done.replayed}"
            if entry is not None and entry >= 0:
                assert done.entry == self.real.entries[entry], f"{ask.op} answered another entry"
        self.seen[ask.op, refused or ("again" if replayed else "done")] += 1

    def _compare(self, what: str, *, moved: bool) -> None:
        known = len(self.real.entries)
        before, state = self.rows, self.real.state()
        self.rows = state.rows
        assert moved or state.rows == before, f"{what} moved nothing, and rows have changed"
        flows = [(kind, sorted(legs)) for kind, legs in state.flows]
        on_paper = [(flow.kind, sorted(flow.legs)) for flow in self.model.flows[known:]]
        assert flows == on_paper, f"{what}: the flows differ: {flows}, on paper {on_paper}"
        there = {pot: amount for pot, amount in state.pots.items() if amount}
        pots = self.model.pots.items()
        paper = {pot: amount for pot, amount in pots if amount and pot[0] in WALLETS}
        assert there == paper, f"{what}: the figures differ: {there}, on paper {paper}"

    def switched_off(self) -> list[tuple[str, str]]:
        kinds = ("wallet", "customer", "channel", "currency")
        return [(kind, name) for kind in kinds for name in self.model.switched_off(kind)]

    def leave(self) -> None:
        """Leave nothing that the next course would meet."""
        for kind, name in self.switched_off():
            switch(self.real, kind, name, off=False, at=self.at)
        later = self.at + timedelta(days=30)
        expire(self.real, later)
        expire_orders(at=later)


def failure_of(reader: Any, start: datetime, events: list[Event]) -> str | None:
    """Let events happen from the beginning and tell what does not agree, if anything."""
    course = Course(reader, start)
    try:
        for event in events:
            course.happen(event)
    except (IndexError, KeyError):  # what an event speaks of was left out
        return None
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is the failure
        return str(failure)
    finally:
        course.leave()
    return None


def shortened(reader: Any, start: datetime, events: list[Event]) -> list[Event]:
    """Leave out what is not needed for the failure, from the end to the beginning."""
    for place in range(len(events) - 2, -1, -1):
        fewer = events[:place] + events[place + 1 :]
        if failure_of(reader, start, fewer) is not None:
            events = fewer
    return events
