"""The parts of the documentation that the code knows best: kinds of entries, and refusals.

Source: style, part 2 (docs/postings.md, docs/refusals.md are generated, committed and compared).
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from typing import TYPE_CHECKING, Final

import tael
from tael.ledger import Kind
from tael.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WRITTEN_BY: Final = "Written by `make docs` from the code. Do not edit: a test compares."


def import_everything() -> None:
    """Load all of Tael's modules, so that whatever they define can be found. Django must be ready."""
    for module in pkgutil.walk_packages(tael.__path__, "tael."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def kinds() -> dict[str, tuple[Kind, str]]:
    """Give every kind of entry that a loaded module of ours holds by name, with the module that made it."""
    found: dict[str, tuple[Kind, str]] = {}
    for name in sorted(name for name in sys.modules if name.startswith("tael.")):
        for kind in vars(sys.modules[name]).values():
            if not isinstance(kind, Kind):
                continue
            known = found.get(kind.code)
            if known is None or (_fits(name, kind) and not _fits(known[1], kind)):
                found[kind.code] = (kind, name)
    return dict(sorted(found.items()))


def refusals() -> dict[str, list[type[Refusal]]]:
    """Give every refusal of ours by its code; a family in between has none."""
    found: dict[str, list[type[Refusal]]] = {}
    for refusal in sorted(_below(Refusal), key=lambda each: (each.__module__, each.__qualname__)):
        if refusal.__module__.startswith("tael.") and hasattr(refusal, "code"):
            same = found.setdefault(refusal.code, [])
            if refusal not in same:
                same.append(refusal)
    return dict(sorted(found.items()))


def postings_page() -> str:
    """Write docs/postings.md: which accounts each kind of entry moves."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for code, (kind, module) in kinds().items():
        moves = "<br>".join(_plain(move) for move in kind.moves) or "as asked"
        if kind.gives_back:
            moves += "<br>(gives back)"
        mixes = "yes" if kind.mixes else ""
        rows.setdefault(code.partition(".")[0], []).append(
            (f"`{code}`", _plain(kind.title), moves, mixes, f"`{module}`")
        )
    heading = ("kind", "what it is", "what it moves", "joins client and house money", "made in")
    text = (
        "Plus goes into an account and minus out of it; `m`, `x` and `y` are amounts. Every entry sums"
        " to zero in each currency. Client money and the house's own stay apart, but in the kinds that"
        " say otherwise. What only gives back reaches an account that is blocked as well."
    )
    return _page("Postings: which accounts each kind of entry moves", text, heading, rows)


def refusals_page(status_of: Callable[[type[Refusal]], int]) -> str:
    """Write docs/refusals.md: every code with its cause and what can be done.

    Args:
        status_of: the HTTP status of a refusal.
    """
    rows: dict[str, list[tuple[str, ...]]] = {}
    for code, same in refusals().items():
        first = same[0]
        causes = dict.fromkeys(_first_paragraph(each) for each in same)
        statuses = dict.fromkeys(str(status_of(each)) for each in same)
        rules = dict.fromkeys(each.rule for each in same if each.rule)
        remedies = dict.fromkeys(each.remedy for each in same if each.remedy)
        rows.setdefault(first.__module__.split(".")[1], []).append(
            (
                f"`{code}`",
                ", ".join(statuses),
                _plain(" / ".join(causes)),
                ", ".join(rules),
                _plain(" / ".join(remedies)),
                "yes" if any(each.retry for each in same) else "",
            )
        )
    heading = ("code", "HTTP", "cause", "rule", "what to do", "a retry can end differently")
    text = (
        "A refusal changes nothing: the same request may be sent again, under the same key. The code"
        " is stable; programs match on it. `tael` prints it and ends with 2."
    )
    return _page("Refusals: every code, its cause, and what to do", text, heading, rows)


def _page(
    title: str, text: str, heading: tuple[str, ...], rows: dict[str, list[tuple[str, ...]]]
) -> str:
    lines = [f"# {title}", "", WRITTEN_BY, "", text]
    for package in sorted(rows):
        lines += ["", f"## {package}", "", _row(heading), _row("---" for _ in heading)]
        lines += [_row(row) for row in rows[package]]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Write a text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _first_paragraph(refusal: type[Refusal]) -> str:
    return (refusal.__doc__ or "").strip().split("\n\n", 1)[0]


def _below(family: type[Refusal]) -> list[type[Refusal]]:
    return [found for child in family.__subclasses__() for found in (child, *_below(child))]


def _fits(module: str, kind: Kind) -> bool:
    """Tell whether a module made a kind: it says the code, others import the name."""
    return f'"{kind.code}"' in inspect.getsource(sys.modules[module])
