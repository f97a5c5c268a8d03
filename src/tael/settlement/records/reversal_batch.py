"""Many reversals at once, with a verdict on each: those of a file, and those that a check adds.

A batch costs a fixed number of statements. The originals are locked in one order, so that batches at the
same time never wait for each other in a circle; then each reversal is judged as one by one, in its turn.

Source: B-09 to B-15; A3, A4; A-B12, A-B13; performance (batches).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tael import books
from tael.refusal import Refusal
from tael.settlement.accounts.open_days import open_days
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import Accrual, BusinessKind, MerchantAccountRow, Source
from tael.settlement.records.accrual import Recorded, unknown_accrual, written_facts
from tael.settlement.records.accrual_batch import ACTS_MAX, Entered, recorded
from tael.settlement.records.reversal import Standing, Taking, gross_reversed, judge_reversal
from tael.settlement.registry import parse_zone, unknown_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from tael.settlement.accounts.open_days import OpenDays
    from tael.settlement.records.accrual_batch import Key, Verdict
    from tael.settlement.records.reversal import Back

# The numbers are found first, each by the unique index; the lock is taken in their order.
_LOCK: Final = """
    SELECT * FROM settlement_accrual WHERE id = ANY(ARRAY(
        SELECT found.id FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (source, kind, number)
        CROSS JOIN LATERAL (
            SELECT id FROM settlement_accrual AS a
            WHERE a.source = told.source AND a.kind = told.kind AND a.number = told.number LIMIT 1
        ) AS found
    )) ORDER BY id FOR UPDATE
"""
_INSERT: Final = """
    INSERT INTO settlement_accrual (
        account, source, kind, number, type, reverses, reversed_number, state, amount, gross, quantity,
        day, occurred_on, origin, reversed, reversed_quantity, facts, note, recorded_at, recorded_by,
        decided_at, decided_by
    )
    SELECT account, source, kind, number, 'reversal', reverses, reversed_number, 'confirmed', amount, gross,
        quantity, day, occurred_on, %(origin)s, 0, 0, facts::jsonb, note, %(at)s, %(actor)s,
        %(at)s, %(actor)s
    FROM unnest(
        %(account)s::bigint[], %(source)s::text[], %(kind)s::text[], %(number)s::text[],
        %(reverses)s::bigint[], %(reversed_number)s::text[], %(amount)s::bigint[], %(gross)s::bigint[],
        %(quantity)s::numeric[], %(day)s::date[], %(occurred_on)s::date[], %(facts)s::text[],
        %(note)s::text[]
    ) AS told (
        account, source, kind, number, reverses, reversed_number, amount, gross, quantity, day,
        occurred_on, facts, note
    )
    ORDER BY source, kind, number
    ON CONFLICT (source, kind, number) DO NOTHING
    RETURNING source, kind, number, id
"""
_COUNT: Final = """
    UPDATE settlement_accrual AS a
    SET reversed = taken.reversed, reversed_quantity = taken.quantity
    FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS taken (id, reversed, quantity)
    WHERE a.id = taken.id
"""


class _OvertakenError(Exception):
    """Somebody has entered one of the numbers since they were read."""


class _Known(NamedTuple):
    """What the reversals of a batch refer to, read once; what is judged joins it.

    Args:
        originals: by key, locked. there: records that have the number of a reversal. gone: of their gross
            values, by the number of the original.
    """

    days: dict[str, OpenDays]
    originals: dict[Key, Accrual]
    there: dict[Key, Accrual]
    gone: dict[int, int]


def _any(_place: int, _record: Accrual) -> None:
    """Agree with every record."""


@books.atomic
def reverse_many(
    backs: Sequence[Back],
    *,
    actor: str,
    at: datetime,
    origin: str = "at_once",
    agrees: Callable[[int, Accrual], None] = _any,
) -> list[Verdict]:
    """Take many records back, each reversal standing for itself; nothing is posted.

    Each verdict is what ``reverse_accrual`` would have said of it, one after the other in this order: a
    later one sees what an earlier one has taken of the same original.

    Args:
        backs: at most 10,000. origin: at_once, import or check.
        agrees: given the place of a reversal and its record before it is written; a refusal that it raises
            is the verdict.

    Source: B-09 to B-15; A3, A4; A-B12, A-B13.
    """
    assert len(backs) <= ACTS_MAX, len(backs)
    while backs:
        try:
            return _at_once(backs, actor=actor, at=at, origin=origin, agrees=agrees)
        except _OvertakenError:
            continue  # he has committed: now his record is seen, and each is judged anew
    return []


@books.atomic
def _at_once(
    backs: Sequence[Back],
    *,
    actor: str,
    at: datetime,
    origin: str,
    agrees: Callable[[int, Accrual], None],
) -> list[Verdict]:
    known = _known(backs, at)
    judged: list[Recorded | Refusal] = []
    for place, back in enumerate(backs):
        try:
            judged.append(_judged(back, known, partial(agrees, place)))
        except Refusal as refusal:
            judged.append(refusal)
    new = [one.accrual for one in judged if isinstance(one, Recorded) and not one.replayed]
    _insert(new, actor=actor, at=at, origin=origin)
    return [
        one if isinstance(one, Refusal) else Entered(one.accrual.pk, one.replayed) for one in judged
    ]


def _judged(back: Back, known: _Known, agrees: Callable[[Accrual], None]) -> Recorded:
    """Judge one in its turn; what is taken is counted on the original for those that follow."""
    if back.source not in known.days:
        raise unknown_source(back.source)
    key = (back.source, back.kind, back.number)
    original = known.originals.get((back.source, back.kind, back.reversed_number))
    if original is None:
        raise unknown_accrual(back.source, back.kind, back.reversed_number)
    gone = known.gone.get(original.pk, 0)
    standing = Standing(original, known.there.get(key), gone, known.days[back.source])
    taking = judge_reversal(back, standing)
    if isinstance(taking, Recorded):
        agrees(taking.accrual)
        return taking
    row = _record(taking, original)
    agrees(row)
    taking.of(original)
    known.gone[original.pk] = gone + (row.gross or 0)
    known.originals[key] = known.there[key] = row
    return Recorded(row, replayed=False)


def _record(taking: Taking, original: Accrual) -> Accrual:
    told = taking.told
    return Accrual(
        account=original.account,
        source_id=told.source,
        kind_id=told.kind,
        number=told.number,
        type="reversal",
        reverses=original,
        reversed_number=original.number,
        state=AccrualState.CONFIRMED.value,
        amount=told.amount.minor,
        gross=None if told.gross is None else told.gross.minor,
        quantity=told.quantity,
        day=taking.day,
        occurred_on=taking.occurred_on,
        facts=told.facts,
        note=told.note.strip(),
    )


def _insert(rows: Sequence[Accrual], *, actor: str, at: datetime, origin: str) -> None:
    """Enter reversals in the order of their keys, and how much of their originals is reversed by now."""
    if not rows:
        return
    values: dict[str, Any] = {
        column: [getattr(row, field) for row in rows]
        for column, field in (
            ("account", "account_id"),
            ("source", "source_id"),
            ("kind", "kind_id"),
            ("reverses", "reverses_id"),
            *((each, each) for each in ("number", "reversed_number", "amount", "gross")),
            *((each, each) for each in ("quantity", "day", "occurred_on", "note")),
        )
    }
    values |= {"facts": [written_facts(row.facts) for row in rows]}
    values |= {"actor": actor, "at": at, "origin": origin}
    made = books.connection().execute(_INSERT, values).fetchall()
    if len(made) < len(rows):
        raise _OvertakenError
    numbers = {(source, kind, number): int(pk) for source, kind, number, pk in made}
    for row in rows:
        row.pk = numbers[row.source_id, row.kind_id, row.number]
    taken = {row.reverses_id: row.reverses for row in rows}
    columns = [(pk, one.reversed, one.reversed_quantity) for pk, one in taken.items() if one]
    books.connection().execute(_COUNT, [list(column) for column in zip(*columns, strict=True)])


def _known(backs: Sequence[Back], at: datetime) -> _Known:
    zones = dict(
        Source.objects.filter(
            pk__in={back.source for back in backs if "\0" not in back.source},
            switched_off_at__isnull=True,
        ).values_list("code", "zone")
    )
    # first the lock: what comes to have a number of the batch for the same original has waited for it
    originals = recorded(
        ((back.source, back.kind, back.reversed_number) for back in backs), query=_LOCK
    )
    there = recorded((back.source, back.kind, back.number) for back in backs)
    days = {zone: open_days(zone=parse_zone(zone), at=at) for zone in set(zones.values())}
    _with_accounts([*originals.values(), *there.values()])
    parts = {
        original.pk
        for back in backs
        if back.gross is not None
        and (original := originals.get((back.source, back.kind, back.reversed_number)))
    }
    gone = gross_reversed(parts) if parts else {}
    return _Known({code: days[zone] for code, zone in zones.items()}, originals, there, gone)


def _with_accounts(rows: Iterable[Accrual]) -> None:
    """Give records their accounts and kinds in two queries, not two each."""
    all_rows = list(rows)
    accounts = MerchantAccountRow.objects.in_bulk({row.account_id for row in all_rows})
    kinds = BusinessKind.objects.in_bulk({row.kind_id for row in all_rows})
    for row in all_rows:
        row.account, row.kind = accounts[row.account_id], kinds[row.kind_id]
