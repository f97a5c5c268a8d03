"""Cases of the completeness check: differences that it does not decide, until a person or a later check closes them.

A difference that a person has closed with a note does not come back while both sides stay as they were;
when either changes, it is a new case.

Source: B-14; A6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from tael import books
from tael.lifecycle import MoveNotAllowed
from tael.parties import audit
from tael.parties.text import parse_text
from tael.refusal import Because, Refusal
from tael.settlement.lifecycles import CASE, CaseEvent, CaseState
from tael.settlement.models import CompletenessCase, CompletenessDay

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = [
    "CaseClosed",
    "CompletenessCase",
    "Difference",
    "UnknownCase",
    "close_case",
    "completeness_case",
    "settle_cases",
]

NOTE_MAX: Final = 500
WHATS: Final = ("differing", "orphan", "refused")


class UnknownCase(Refusal):
    """There is no case of the completeness check of this number."""

    code = "unknown_case"
    because: ClassVar[Because] = "absent"
    rule = "B-14"
    remedy = "Check the number in the list of cases."


class CaseClosed(Refusal):
    """The case is closed already: by somebody else, or because a later check found the difference gone."""

    code = "case_closed"
    because: ClassVar[Because] = "conflict"
    rule = "B-14"
    remedy = "Look at the case; a difference that comes back is a new one."


class Difference(NamedTuple):
    """A difference between a list and the records.

    Args:
        what: differing, orphan or refused. reason: the fields that differ, or why it was refused.
        theirs, ours: what either side says, as text; None where it has nothing.
    """

    kind: str
    number: str
    what: str
    reason: str
    theirs: dict[str, str] | None
    ours: dict[str, str] | None


def settle_cases(
    *, source: str, day: date, found: list[Difference], actor: str, at: datetime
) -> int:
    """Open a case for each new difference of a day, close those that are gone, and tell how many are open.

    Within the transaction of the check. A handful of queries, however many differences there are.

    Source: B-14; A6.
    """
    wanted = {(each.kind, each.number, each.what): each for each in found}
    open_rows = CompletenessCase.objects.filter(source=source, state=CaseState.OPEN.value)
    of_day = list(open_rows.filter(day=day))
    numbers = [number for _, number, _ in wanted]
    # the same act may have a case on the day where it stood before
    elsewhere = list(open_rows.exclude(day=day).filter(number__in=numbers)) if numbers else []
    standing = set()
    gone = []
    for row in of_day:
        same = wanted.get(_key(row))
        if same is not None and _says(row) == _content(same):
            standing.add(_key(row))
        else:
            gone.append(row.pk)
    moved = [row for row in elsewhere if _key(row) in wanted]
    gone += [row.pk for row in moved]
    closed = {"state": CaseState.CLOSED.value, "closed_at": at, "closed_by": actor}
    CompletenessCase.objects.filter(pk__in=gone).update(**closed)
    for other in {row.day for row in moved}:
        _count_open(source, other)
    accepted = _accepted(source, numbers)
    new = [
        each
        for key, each in wanted.items()
        if key not in standing and accepted.get(key) != _content(each)
    ]
    CompletenessCase.objects.bulk_create(
        [
            CompletenessCase(source_id=source, day=day, found_at=at, **each._asdict())
            for each in new
        ],
        batch_size=1000,
    )
    return len(standing) + len(new)


@books.atomic
def close_case(*, number: int, note: str, actor: str, at: datetime) -> CompletenessCase:
    """Close a case by hand, saying what was found out. The records stay as they are.

    Args:
        note: 1 to 500 characters.

    Raises:
        UnknownCase: there is none of this number.
        TextMalformed: there is no note.
        CaseClosed: it is closed already; by the same person with the same note it stays so.

    Source: B-14; A6.
    """
    said = parse_text(note, field="note", longest=NOTE_MAX)
    row = CompletenessCase.objects.select_for_update().filter(pk=_number(number)).first()
    if row is None:
        raise _unknown(number)
    if row.state == CaseState.CLOSED and (row.closed_by, row.note) == (actor, said):
        return row
    try:
        row.state = CASE.after(CaseState(row.state), CaseEvent.CLOSE).value
    except MoveNotAllowed:
        message = f"Case {number} is closed."
        raise CaseClosed(message, field="number", there=f"by {row.closed_by}") from None
    row.closed_at, row.closed_by, row.note = at, actor, said
    row.save(update_fields=["state", "closed_at", "closed_by", "note"])
    _count_open(row.source_id, row.day)
    audit.record(
        actor=actor,
        action="completeness_case.close",
        subject=f"completeness_case:{number}",
        at=at,
        details={"what": row.what, "kind": row.kind, "number": row.number, "note": said},
    )
    return row


def completeness_case(number: int) -> CompletenessCase:
    """Give a case.

    Raises:
        UnknownCase: there is none of this number.

    Source: B-14.
    """
    row = CompletenessCase.objects.select_related("source").filter(pk=_number(number)).first()
    if row is None:
        raise _unknown(number)
    return row


def _count_open(source: str, day: date) -> None:
    """Write down how many cases of a day are open."""
    left = CompletenessCase.objects.filter(source=source, day=day, state=CaseState.OPEN.value)
    CompletenessDay.objects.filter(source=source, day=day).update(cases=left.count())


def _accepted(source: str, numbers: list[str]) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Give what persons have closed last of these numbers; a check that closes leaves no note."""
    if not numbers:
        return {}
    rows = CompletenessCase.objects.filter(
        source=source, number__in=numbers, state=CaseState.CLOSED.value
    ).exclude(note="")
    return {_key(row): _says(row) for row in rows.order_by("pk")}


def _key(row: CompletenessCase) -> tuple[str, str, str]:
    return row.kind, row.number, row.what


def _says(row: CompletenessCase) -> tuple[object, ...]:
    return row.reason, row.theirs, row.ours


def _content(found: Difference) -> tuple[object, ...]:
    return found.reason, found.theirs, found.ours


def _number(number: int) -> int:
    return number if 0 < number < 2**63 else 0


def _unknown(number: int) -> UnknownCase:
    return UnknownCase("There is no such case.", field="number", there=str(number)[:32])
