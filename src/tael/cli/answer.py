"""What a command answers: the same facts as one JSON object, or as text for people.

The JSON is that of the HTTP API, so that a program can change from the one door to the other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from tael.cli.table import table, width
from tael.wallet.serial_number import business_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_IN_A_CELL: Final = (
    4  # parts of a list; a key for everything has some fifty scopes, each on one line
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Facts:
    """One thing.

    Args:
        notes: lines for people only.
    """

    data: Mapping[str, Any]
    notes: Sequence[str] = ()

    def as_json(self) -> Mapping[str, Any]:
        """Give the object."""
        return self.data

    def as_text(self) -> str:
        """Write a line for each fact, then the notes."""
        cells = {name: cell(value) for name, value in _flat(self.data)}
        wide = max(map(width, cells), default=0)
        lines = [
            f"{name}{' ' * (wide - width(name))}  {text}".rstrip() for name, text in cells.items()
        ]
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True, slots=True)
class Listing:
    """Several things of one sort.

    Args:
        columns: the names of the facts that people see, dotted where a fact is within another, with a
            heading of its own after "as".
        more: what to say so as to see the next page; nothing on the last.
        around: facts about the list as a whole.
        next_cursor: what a program sends for the next page, where pages go by cursor.
    """

    columns: Sequence[str]
    data: Sequence[Mapping[str, Any]]
    more: str = ""
    around: Mapping[str, Any] = field(default_factory=dict)
    next_cursor: str | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Give the object."""
        cursor = {"next_cursor": self.next_cursor} if self.next_cursor else {}
        return {**self.around, "data": list(self.data), "has_more": bool(self.more), **cursor}

    def as_text(self) -> str:
        """Write the table."""
        around = [f"{name}  {cell(value)}" for name, value in _flat(self.around) if value]
        if not self.data:
            return "\n".join([*around, "Nothing found."])
        split = [column.partition(" as ") for column in self.columns]
        paths = [path for path, _, _ in split]
        headings = [heading or path.rpartition(".")[2] for path, _, heading in split]
        rows = [[_short(_at(row, path)) for path in paths] for row in self.data]
        right = [all(_is_figure(_at(row, path)) for row in self.data) for path in paths]
        text = table([heading.replace("_", " ") for heading in headings], rows, right=right)
        more = [f"\nMore: {self.more}"] if self.more else []
        return "\n".join([*around, text, *more])


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was carried out, or would be.

    Args:
        data: the receipt, as the API writes it, with `key` and `replayed`.
    """

    data: Mapping[str, Any]

    def as_json(self) -> Mapping[str, Any]:
        """Give the object."""
        return self.data

    def as_text(self) -> str:
        """Write what happened, the figures it left, and how to repeat it."""
        data = self.data
        said = [f"{data['operation']} {cell(data['amount'])}"]
        if data["received"] is not None:
            said.append(f"received {cell(data['received'])}")
        numbers = ("flow", "hold", "sno", "application")
        said += [f"{name} {data[name]}" for name in numbers if data.get(name) is not None]
        columns = ["number", "owner", "currency"]
        columns += [f"figures.{name}" for name in ("liquid", "locked", "frozen", "withdrawable")]
        lines = ["  ".join(said), "", Listing(columns, data["wallets"]).as_text(), ""]
        if data["dry_run"]:
            lines.append("Dry run: it would go so; nothing has been kept.")
        elif data["replayed"]:
            lines.append("The key had been used for this before: nothing moved this time.")
        lines.append(f"key {data['key']}")
        return "\n".join(lines)


Answer = Facts | Listing | Done


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer: one JSON object, or text for people."""
    if as_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False))
    else:
        click.echo(answer.as_text())


def cell(value: Any) -> str:
    """Write one fact for people. Moments are told in the business zone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        return f"{value['amount']} {value['currency']}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell(fact)}" for name, fact in value.items())
    if isinstance(value, list):
        return ", ".join(cell(one) for one in value)
    text = str(value)
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(business_zone()).strftime("%Y-%m-%d %H:%M:%S")
    return _CONTROL.sub(" ", text)  # what people wrote must not steer the terminal


def _short(value: Any) -> str:
    """Write one fact in a table; a long list is cut, and is whole where its thing is shown alone."""
    if isinstance(value, list) and len(value) > _IN_A_CELL:
        return f"{cell(value[: _IN_A_CELL - 1])} and {len(value) - _IN_A_CELL + 1} more"
    return cell(value)


def _flat(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in data.items():
        if isinstance(value, dict) and set(value) != {"amount", "currency"}:
            flat += _flat(value, f"{prefix}{name} ")
        else:
            flat.append((f"{prefix}{name}".replace("_", " "), value))
    return flat


def _at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is_figure(value: Any) -> bool:
    """Tell whether a fact stands to the right: a number or an amount, or the lack of one."""
    if isinstance(value, dict):
        return "amount" in value
    return value is None or type(value) is int
