"""Many business records at once, with a verdict on each: what a system sends as a batch, a file, a bench.

A batch costs three statements, not three a record. Those of one business system that come at the same
time write in one order, so that none of them waits for another in a circle.

Source: B-14, B-15; E-12; peers-settlement-invest A1; performance (batches).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tael import books
from tael.refusal import Refusal
from tael.settlement.accounts.merchant_account import (
    account_from,
    disabled_account,
    unknown_account,
)
from tael.settlement.accounts.open_days import open_days
from tael.settlement.lifecycles import AccrualState
from tael.settlement.models import Accrual, BusinessKind, MerchantAccountRow, Source
from tael.settlement.records.accrual import (
    AccrualTaken,
    Told,
    check_sign,
    check_told,
    days_of,
    replay,
    written_facts,
)
from tael.settlement.registry import parse_zone, unknown_kind, unknown_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from tael.settlement.accounts.merchant_account import MerchantAccount
    from tael.settlement.accounts.open_days import OpenDays

ACTS_MAX: Final = 10_000

_INSERT: Final = """
    INSERT INTO settlement_accrual (
        account, source, kind, number, type, state, amount, gross, quantity, day, occurred_on,
        origin, reversed, reversed_quantity, facts, note, recorded_at, recorded_by
    )
    SELECT account, source, kind, number, 'normal', state, amount, gross, quantity, day, occurred_on,
        %(origin)s, 0, 0, facts::jsonb, note, %(at)s, %(actor)s
    FROM unnest(
        %(place)s::int[], %(account)s::bigint[], %(source)s::text[], %(kind)s::text[],
        %(number)s::text[], %(state)s::text[], %(amount)s::bigint[], %(gross)s::bigint[],
        %(quantity)s::numeric[], %(day)s::date[], %(occurred_on)s::date[], %(facts)s::text[],
        %(note)s::text[]
    ) AS told (
        place, account, source, kind, number, state, amount, gross, quantity, day, occurred_on,
        facts, note
    )
    ORDER BY source, kind, number, place
    ON CONFLICT (source, kind, number) DO NOTHING
    RETURNING source, kind, number, id
"""
# LIMIT keeps the search on the unique index, however many are asked for.
_THERE: Final = """
    SELECT found.* FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (source, kind, number)
    CROSS JOIN LATERAL (
        SELECT * FROM settlement_accrual AS a
        WHERE a.source = told.source AND a.kind = told.kind AND a.number = told.number LIMIT 1
    ) AS found
"""


_DECIDE: Final = """
    WITH known AS (
        SELECT id FROM settlement_accrual WHERE id = ANY(%s) AND state = 'pending' ORDER BY id FOR UPDATE
    )
    UPDATE settlement_accrual AS a SET state = 'confirmed', decided_at = %s, decided_by = %s
    FROM known WHERE a.id = known.id RETURNING a.id
"""


class Act(NamedTuple):
    """One act of business of a batch: the number of its merchant account, what is told, whether it is finished."""

    account: int
    told: Told
    confirmed: bool = True


class Entered(NamedTuple):
    """The record of an act by its number in Tael, and whether the same was told before.

    Args:
        decides: confirms or fails, where the record was pending and this act has decided it; else empty.
    """

    number: int
    replayed: bool
    decides: str = ""


Verdict = Entered | Refusal
Key = tuple[str, str, str]


class _Row(NamedTuple):
    """An act that can be entered, and by which days."""

    place: int
    account: MerchantAccount
    act: Act
    day: date
    occurred_on: date


class _Known(NamedTuple):
    """What the acts of a batch refer to, read once."""

    accounts: Mapping[int, MerchantAccount]
    disabled: frozenset[int]
    kinds: Mapping[str, BusinessKind]
    days: Mapping[str, OpenDays]


@books.atomic
def record_many(
    acts: Sequence[Act], *, actor: str, at: datetime, origin: str = "at_once"
) -> list[Verdict]:
    """Write down many acts of business, each standing for itself; nothing is posted.

    One that is told as finished and stands as pending, in the same words, is confirmed.

    Each verdict is what ``record_accrual`` would have said of the act, in the order of the acts.

    Args:
        acts: at most 10,000. origin: at_once, import or check.

    Source: B-08, B-14, B-15; SM-04; A1.
    """
    assert len(acts) <= ACTS_MAX, len(acts)
    known = _known(acts, at)
    verdicts: dict[int, Verdict] = {}
    rows: list[_Row] = []
    for place, act in enumerate(acts):
        try:
            rows.append(_judged(place, act, known))
        except Refusal as refusal:
            verdicts[place] = refusal
    entered = _insert(rows, actor=actor, at=at, origin=origin)
    for row in rows:
        number = entered.pop(_key(row.act.told), None)  # the first of twins in a batch is entered
        if number is not None:
            verdicts[row.place] = Entered(number, replayed=False)
    later = [place for place in range(len(acts)) if not isinstance(verdicts.get(place), Entered)]
    there = recorded(_key(acts[place].told) for place in later)
    pending: dict[Key, int] = {}
    for place in later:
        told_again = _again(acts[place], known, there, verdicts.get(place))
        verdicts[place] = told_again
        if isinstance(told_again, Entered) and told_again.decides:
            pending.setdefault(_key(acts[place].told), place)
    verdicts |= _confirm(pending, there, actor=actor, at=at)
    for place in later:  # the second of twins finds it confirmed
        one = verdicts[place]
        if isinstance(one, Entered) and one.decides and pending[_key(acts[place].told)] != place:
            verdicts[place] = Entered(one.number, replayed=True)
    return [verdicts[place] for place in range(len(acts))]


def _judged(place: int, act: Act, known: _Known) -> _Row:
    account, told = known.accounts.get(act.account), act.told
    if told.source not in known.days:
        raise unknown_source(told.source)
    kind = known.kinds.get(told.kind)
    if kind is None:
        raise unknown_kind(told.kind)
    if account is None:
        raise unknown_account(act.account)
    check_told(account, told, kind)
    check_sign(told.amount, kind, reversal=False)
    if account.number in known.disabled:
        raise disabled_account(account)
    day, occurred_on = days_of(told, known.days[told.source])
    return _Row(place, account, act, day, occurred_on)


def _again(
    act: Act, known: _Known, there: Mapping[Key, Accrual], refused: Verdict | None
) -> Verdict:
    """Judge an act that was not entered: told before, or refused.

    What was told before is answered as then, also where its day has been closed since. What is told as
    finished and stands as pending is to be confirmed.
    """
    row = there.get(_key(act.told))
    account = known.accounts.get(act.account)
    if row is None or account is None or act.told.source not in known.days:
        assert isinstance(refused, Refusal), "what is not there was refused"
        return refused
    if isinstance(refused, Refusal) and refused.code not in {
        "merchant_account_disabled",
        "day_not_open",
        "period_closing",
    }:
        return refused
    confirms = act.confirmed and row.state == AccrualState.PENDING
    try:
        found = replay(row, account, act.told, confirmed=act.confirmed and not confirms)
    except Refusal as refusal:
        return refusal
    return Entered(found.accrual.pk, not confirms, "confirms" if confirms else "")


def _confirm(
    pending: Mapping[Key, int],
    there: Mapping[Key, Accrual],
    *,
    actor: str,
    at: datetime,
) -> dict[int, Verdict]:
    """Confirm records that are told as finished; gives the verdicts where somebody has decided meanwhile.

    The rows are locked in the order of their numbers.
    """
    if not pending:
        return {}
    by_number = {there[key].pk: place for key, place in pending.items()}
    asked = [sorted(by_number), at, actor]
    done = {row[0] for row in books.connection().execute(_DECIDE, asked).fetchall()}
    late = Accrual.objects.in_bulk(set(by_number) - done)
    verdicts: dict[int, Verdict] = {}
    for number, row in late.items():
        place = by_number[number]
        if row.state == AccrualState.CONFIRMED:
            verdicts[place] = Entered(number, replayed=True)
        else:
            message = f"{row.kind_id} {row.number} of {row.source_id} is there with another state."
            verdicts[place] = AccrualTaken(message, field="state", there=row.state)
    return verdicts


def _insert(rows: Sequence[_Row], *, actor: str, at: datetime, origin: str) -> dict[Key, int]:
    """Enter rows in the order of their keys; gives those that are new by key."""
    if not rows:
        return {}
    columns: dict[str, list[Any]] = {
        "place": [row.place for row in rows],
        "account": [row.account.number for row in rows],
        "state": [_state(row.act) for row in rows],
        "day": [row.day for row in rows],
        "occurred_on": [row.occurred_on for row in rows],
    }
    tolds = [row.act.told for row in rows]
    columns |= {
        "source": [told.source for told in tolds],
        "kind": [told.kind for told in tolds],
        "number": [told.number for told in tolds],
        "amount": [told.amount.minor for told in tolds],
        "gross": [None if told.gross is None else told.gross.minor for told in tolds],
        "quantity": [told.quantity for told in tolds],
        "facts": [written_facts(told.facts) for told in tolds],
        "note": [told.note.strip() for told in tolds],
    }
    values = {**columns, "actor": actor, "at": at, "origin": origin}
    found = books.connection().execute(_INSERT, values).fetchall()
    return {(source, kind, number): int(made) for source, kind, number, made in found}


def recorded(keys: Iterable[Key], *, query: str = _THERE) -> dict[Key, Accrual]:
    """Give the records that have these sources, kinds and numbers, in one query.

    Args:
        query: finds them by arrays of the three.
    """
    asked = [key for key in set(keys) if not any("\0" in each for each in key)]
    if not asked:
        return {}
    rows = Accrual.objects.raw(query, [[key[n] for key in asked] for n in range(3)])
    return {(row.source_id, row.kind_id, row.number): row for row in rows}


def _known(acts: Sequence[Act], at: datetime) -> _Known:
    rows = MerchantAccountRow.objects.in_bulk({act.account for act in acts})
    kinds = BusinessKind.objects.filter(
        pk__in=_codes(act.told.kind for act in acts), switched_off_at__isnull=True
    )
    zones = Source.objects.filter(
        pk__in=_codes(act.told.source for act in acts), switched_off_at__isnull=True
    ).values_list("code", "zone")
    by_zone = {zone: open_days(zone=parse_zone(zone), at=at) for _, zone in zones}
    return _Known(
        {number: account_from(row) for number, row in rows.items()},
        frozenset(number for number, row in rows.items() if row.disabled_at is not None),
        {kind.code: kind for kind in kinds},
        {code: by_zone[zone] for code, zone in zones},
    )


def _codes(said: Iterable[str]) -> set[str]:
    return {code for code in said if "\0" not in code}


def _state(act: Act) -> str:
    return (AccrualState.CONFIRMED if act.confirmed else AccrualState.PENDING).value


def _key(told: Told) -> Key:
    return told.source, told.kind, told.number
