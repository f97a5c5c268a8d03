"""The periodic check (定期檢查): has every act of business its record? What is missing is added.

One day of a source at a time. What the source lists is compared with the records by kind and number, and
then by account, amount, state, type, reversed number and day. What has no record gets one, by the same
function that every other door calls. What differs, is in our books only or cannot be recorded is a case
for a person. Running it again adds nothing, and a case that is gone closes itself.

Source: B-14, B-15; X-B10; peers-settlement-invest A6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tael import books
from tael.money import Money
from tael.refusal import Refusal
from tael.settlement.completeness.completeness_case import Difference, settle_cases
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import Accrual, CompletenessDay
from tael.settlement.records.accrual import Told, fail_accrual
from tael.settlement.records.accrual_batch import Act as Entry
from tael.settlement.records.accrual_batch import record_many
from tael.settlement.records.listed_act import ActMalformed, plain, read_acts, refusal_text
from tael.settlement.records.reversal import Back
from tael.settlement.records.reversal_batch import reverse_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from tael.settlement.records.accrual_batch import Entered
    from tael.settlement.records.listed_act import Act, Listed, Read

__all__ = ["CompletenessDay", "DayChecked", "check_day"]

CHUNK: Final = 1_000
"""So many records are added in one transaction."""
LOOKED_UP: Final = 10_000
"""So many numbers are looked up in one query."""
Key = tuple[str, str]

_COLUMNS: Final = """
    a.kind, a.number, a.account, m.currency, a.amount, a.state, a.occurred_on, a.reversed_number, a.quantity
"""
_OF_THE_DAY: Final = f"""
    SELECT {_COLUMNS} FROM settlement_accrual AS a JOIN settlement_account AS m ON m.number = a.account
    WHERE a.source = %s AND a.occurred_on = %s
"""
_BY_NUMBER: Final = f"""
    SELECT {_COLUMNS} FROM unnest(%s::text[], %s::text[]) AS w (kind, number)
    JOIN settlement_accrual AS a ON a.source = %s AND a.kind = w.kind AND a.number = w.number
    JOIN settlement_account AS m ON m.number = a.account
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class DayChecked(NamedTuple):
    """What the check of one day came to.

    Args:
        acts: how many the source lists. recorded: how many of them have a record that agrees.
        added: how many records this very check has added.
        differences: what it found and did not decide.
    """

    day: date
    acts: int
    recorded: int
    added: int
    differences: list[Difference]


class _Ours(NamedTuple):
    """What a record of ours says."""

    kind: str
    number: str
    account: int
    currency: str
    amount: int
    state: str
    day: date
    reversed_number: str | None
    quantity: Decimal | None

    def facts(self) -> dict[str, str]:
        unit = books.currencies()[self.currency].currency
        given = {
            "account": str(self.account),
            "amount": Money(self.amount, unit).text,
            "currency": self.currency,
            "state": self.state,
            "day": self.day.isoformat(),
            "type": "normal" if self.reversed_number is None else "reversal",
        }
        if self.reversed_number is not None:
            given["reversed_number"] = self.reversed_number
        if self.quantity is not None:
            given["quantity"] = plain(self.quantity)
        return given


def _silent(_gone: int, _added: int) -> None:
    """Tell nobody."""


def check_day(
    *,
    source: str,
    day: date,
    listed: Iterable[Listed],
    actor: str,
    at: datetime,
    told: Callable[[int, int], None] = _silent,
) -> DayChecked:
    """Check one day of a source against its list, and add the records that are missing.

    Cut off anywhere, it is run again and ends in the same. Not inside a transaction of many days.

    Args:
        day: in the source's zone. listed: all that the source lists for it.
        told: hears, after each thousand that is added, through how many acts of the list it is, and how
            many records it has added.

    Source: B-14, B-15; X-B10; A6.
    """
    read = read_acts(listed, day=day)
    ours = _ours(source, day, read)
    missing = [act for key, act in read.acts.items() if key not in ours]
    # what is reversed comes before its reversals; two checks at once go the same way
    missing.sort(key=lambda act: (act.type == "reversal", act.key))
    added, refused = 0, {}
    for begin in range(0, len(missing), CHUNK):
        more, no = _add(source, missing[begin : begin + CHUNK], actor=actor, at=at)
        added += more
        refused.update(no)
        told(read.size - len(missing) + min(begin + CHUNK, len(missing)), added)
    return _conclude(source, day, read, refused, added, actor=actor, at=at)


@books.atomic
def _add(
    source: str, acts: Sequence[Act], *, actor: str, at: datetime
) -> tuple[int, dict[Key, str]]:
    """Record what is missing, each by itself; a refusal takes back one act and not its neighbours."""
    normal = [act for act in acts if act.reversed_number is None]
    verdicts: list[tuple[Act, bool | Refusal]] = [
        (act, verdict if isinstance(verdict, Refusal) else _is_new(verdict))
        for act, verdict in zip(
            normal,
            record_many([_told(source, act) for act in normal], actor=actor, at=at, origin="check"),
            strict=True,
        )
    ]
    for act, verdict in verdicts:
        if act.state == AccrualState.FAILED and verdict is True:
            fail_accrual(source=source, kind=act.kind, number=act.number, actor=actor, at=at)
    verdicts += _add_reversals(source, acts, actor=actor, at=at)
    refused = {
        act.key: refusal_text(verdict) for act, verdict in verdicts if isinstance(verdict, Refusal)
    }
    return sum(verdict is True for _, verdict in verdicts), refused


def _is_new(verdict: Entered) -> bool:
    return not verdict.replayed and not verdict.decides


def _told(source: str, act: Act) -> Entry:
    told = Told(
        source=source,
        kind=act.kind,
        number=act.number,
        amount=act.amount,
        occurred_on=act.day,
        quantity=act.quantity,
        note=act.note,
    )
    return Entry(act.account.number, told, act.state == AccrualState.CONFIRMED)


def _add_reversals(
    source: str, acts: Sequence[Act], *, actor: str, at: datetime
) -> list[tuple[Act, bool | Refusal]]:
    some = [act for act in acts if act.reversed_number is not None]
    backs = [
        Back(
            source=source,
            kind=act.kind,
            reversed_number=act.reversed_number or "",
            number=act.number,
            amount=abs(act.amount),
            quantity=act.quantity,
            occurred_on=act.day,
            note=act.note,
        )
        for act in some
    ]

    def agrees(place: int, kept: Accrual) -> None:
        _check_agrees(some[place], kept)

    verdicts = reverse_many(backs, actor=actor, at=at, origin="check", agrees=agrees)
    return [
        (act, verdict if isinstance(verdict, Refusal) else _is_new(verdict))
        for act, verdict in zip(some, verdicts, strict=True)
    ]


def _check_agrees(act: Act, kept: Accrual) -> None:
    found = (kept.account_id, kept.amount)
    if found != (act.account.number, act.amount.minor):
        raise ActMalformed(
            "A reversal has the account of its original and the opposite sign.",
            field="amount" if found[0] == act.account.number else "account",
            there=f"{act.account.number}, {act.amount}",
            allowed=f"{found[0]}, {Money(found[1], act.amount.currency)}",
        )


@books.atomic
def _conclude(
    source: str,
    day: date,
    read: Read,
    refused: dict[Key, str],
    added: int,
    *,
    actor: str,
    at: datetime,
) -> DayChecked:
    """Compare what is there now, write the day's figures, open and close its cases."""
    # two checks at once end one after the other: the later one has the last word
    books.connection().execute(_LOCK, [f"tael:completeness:{source}"])
    found = _compare(read, _ours(source, day, read), refused)
    open_cases = settle_cases(source=source, day=day, found=found, actor=actor, at=at)
    wrong = sum(each.what != "orphan" for each in found)
    figures = {
        "acts": read.size,
        "recorded": read.size - wrong,
        "added": Accrual.objects.filter(source=source, occurred_on=day, origin="check").count(),
        "cases": open_cases,
        "checked_at": at,
        "checked_by": actor,
    }
    CompletenessDay.objects.bulk_create(
        [CompletenessDay(source_id=source, day=day, **figures)],
        update_conflicts=True,
        unique_fields=["source", "day"],
        update_fields=list(figures),
    )
    return DayChecked(day, read.size, read.size - wrong, added, found)


def _ours(source: str, day: date, read: Read) -> dict[Key, _Ours]:
    """Give the records of a day, and those of other days that the list names."""
    cursor = books.connection().cursor()
    rows = cursor.execute(_OF_THE_DAY, [source, day]).fetchall()
    found = {(row[0], row[1]): _Ours(*row) for row in rows}
    others = [key for key in read.acts if key not in found]
    for begin in range(0, len(others), LOOKED_UP):
        some = others[begin : begin + LOOKED_UP]
        asked = [[kind for kind, _ in some], [number for _, number in some], source]
        rows = cursor.execute(_BY_NUMBER, asked).fetchall()
        found |= {(row[0], row[1]): _Ours(*row) for row in rows}
    return found


def _compare(read: Read, ours: dict[Key, _Ours], refused: dict[Key, str]) -> list[Difference]:
    found = []
    for key, act in read.acts.items():
        there = ours.get(key)
        if there is None:
            reason = refused.get(key, "It has no record yet.")
            found.append(Difference(*key, "refused", reason, act.facts(), None))
            continue
        fields = _differing(act, there)
        if fields:
            reason = ", ".join(fields)
            found.append(Difference(*key, "differing", reason, act.facts(), there.facts()))
    for key, no in read.refused.items():
        facts = ours[key].facts() if key in ours else None
        found.append(Difference(*key, "refused", no.reason, dict(no.theirs), facts))
    listed = read.acts.keys() | read.refused.keys()
    found.extend(
        Difference(*key, "orphan", "", None, there.facts())
        for key, there in ours.items()
        # what failed and is not listed came to nothing on either side
        if key not in listed and there.state != AccrualState.FAILED
    )
    return found


def _differing(act: Act, there: _Ours) -> list[str]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("account", act.account.number, there.account),
        ("amount", act.amount.minor, there.amount),
        ("state", act.state, there.state),
        ("reversed_number", act.reversed_number, there.reversed_number),
        ("day", act.day, there.day),
        ("quantity", act.quantity, act.quantity if act.quantity is None else there.quantity),
    )
    return [name for name, theirs, ours in pairs if theirs != ours]
