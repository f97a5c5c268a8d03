"""`tael completeness`: has every act of business its record? Checks with what they find, days, cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.completeness_shapes import (
    address_out,
    case_out,
    check_out,
    day_out,
    figures_out,
    source_view_out,
)
from tael.cli.answer import Facts, Listing
from tael.cli.call import NUMBER, command
from tael.cli.file import DAY
from tael.cli.list_file import Saved, saved_option
from tael.documents.settlement_lists import CASES, DAYS
from tael.settlement.asking.source_address import (
    AddressedSource,
    bring_files,
    new_secret,
    set_address,
)
from tael.settlement.completeness.completeness_case import WHATS, close_case, completeness_case
from tael.settlement.completeness.completeness_run import (
    ask_for_check,
    carry_out,
    check_file,
    check_went_through,
    completeness_run,
    stop_check,
)
from tael.settlement.completeness.completeness_search import (
    CasesWanted,
    DaysWanted,
    checks,
    completeness_cases,
    completeness_days,
    day_totals,
    one_source,
    run_view,
    source_views,
)
from tael.settlement.lifecycles import CaseState
from tael.settlement.registry import parse_zone

if TYPE_CHECKING:
    from datetime import date

    from tael.cli.call import Call
    from tael.settlement.completeness.completeness_run import Progress
    from tael.settlement.completeness.completeness_search import CompletenessRun

COLUMNS: Final = (
    "source",
    "name",
    "adapter",
    "figures.recorded as recorded",
    "figures.acts as acts",
    "open_cases",
    "last_day",
)
DAY_COLUMNS: Final = ("source", "day", "recorded", "acts", "complete", "added", "cases")
CASE_COLUMNS: Final = (
    "number",
    "day",
    "source",
    "kind",
    "business_number",
    "what",
    "reason",
    "state",
)
CHECK_COLUMNS: Final = (
    "number",
    "source",
    "by",
    "first_day",
    "last_day",
    "state",
    "days_done",
    "days",
    "acts",
    "added",
    "differences",
    "problem",
)
USUAL_DAYS: Final = 7
SHOWN_CASES: Final = 50
KEEP: Final = ["Keep the secret: it is shown this once."]

_limit = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
_source = click.option("--source", help="Of this source only.")
_since = click.option("--since", type=DAY, help="First day, as 2026-10-01.")
_until = click.option("--until", type=DAY, help="Last day.")
_key = click.option("--key", help="Idempotency key.  [default: a new one]")


@click.group("completeness")
def completeness() -> None:
    """Check that every act of business has its record; see what differs."""


@completeness.add_command
@command("check")
@click.argument("source")
@click.option("--from", "first", type=DAY, help="First day.  [default: a week ago, or the file's]")
@click.option("--to", "last", type=DAY, help="Last day.  [default: yesterday, or the file's]")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list as csv or xlsx.  [default: the business system is asked at its address]",
)
@_key
def check(
    call: Call,
    *,
    source: str,
    first: datetime | None,
    last: datetime | None,
    file: Path | None,
    key: str | None,
) -> Facts:
    """Check some days of SOURCE, add what is missing, and print what differs.

    Each day is told on standard error as it is done. Run twice, it adds nothing. A business system
    that gives no list is a refusal; the days before it are checked.
    """
    since = None if first is None else first.date()
    until = None if last is None else last.date()
    instruction = call.keyed(key)
    if file is not None:
        run = check_file(
            source=source,
            data=file.read_bytes(),
            name=file.name,
            first=since,
            last=until,
            instruction=instruction,
            told=_tell,
        )
        return _checked(run)
    row = one_source(source)
    yesterday = call.at.astimezone(parse_zone(row.zone)).date() - timedelta(days=1)
    until = until or yesterday
    since = since or max(row.first_day, until - timedelta(days=USUAL_DAYS - 1))
    run = ask_for_check(source=source, first=since, last=until, instruction=instruction)
    done = carry_out(run, clock=_now, told=_tell)
    check_went_through(done)
    return _checked(done)


@completeness.add_command
@command("sources")
@_since
@_until
def sources(_call: Call, *, since: datetime | None, until: datetime | None) -> Listing:
    """List the sources with how complete each is."""
    views = source_views(since=_day(since), until=_day(until))
    return Listing(COLUMNS, [source_view_out(view) for view in views])


@completeness.add_command
@command("days")
@_source
@_since
@_until
@click.option("--incomplete", is_flag=True, help="Only where something is missing or open.")
@_limit
@saved_option
def days(
    _call: Call,
    *,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    incomplete: bool,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List days with how many of their acts have a record, newest first."""
    wanted = DaysWanted(
        source=source or "", since=_day(since), until=_day(until), incomplete=incomplete
    )
    if saved.wanted:
        return saved.of(DAYS, wanted)
    rows = completeness_days(wanted, limit=limit)
    more = f"--until {rows[-1].day - timedelta(days=1)}" if len(rows) == limit else ""
    around = {"totals": figures_out(day_totals(wanted))}
    return Listing(DAY_COLUMNS, [day_out(row) for row in rows], more, around)


@completeness.add_command
@command("checks")
@_source
@click.option("--before", type=NUMBER, help="Those before this number.")
@_limit
def listed_checks(_call: Call, *, source: str | None, before: int | None, limit: int) -> Listing:
    """List checks, newest first."""
    views = checks(source=source or "", limit=limit, before=before)
    more = f"--before {views[-1].run.pk}" if len(views) == limit else ""
    return Listing(CHECK_COLUMNS, [check_out(view) for view in views], more)


@completeness.add_command
@command("progress")
@click.argument("number", type=NUMBER)
def progress(_call: Call, *, number: int) -> Facts:
    """Show how far a check is."""
    return Facts(check_out(run_view(completeness_run(number))))


@completeness.add_command
@command("stop")
@click.argument("number", type=NUMBER)
def stop(call: Call, *, number: int) -> Facts:
    """Stop a check that waits or is under way; what it has added stays."""
    return Facts(check_out(run_view(stop_check(number, actor=call.actor, at=call.at))))


@completeness.add_command
@command("cases")
@_source
@click.option("--state", type=click.Choice([state.value for state in CaseState]))
@click.option("--what", type=click.Choice(WHATS))
@click.option("--number", help="A business number.")
@_since
@_until
@click.option("--before", type=NUMBER, help="Those before this number.")
@_limit
@saved_option
def cases(
    _call: Call,
    *,
    source: str | None,
    state: str | None,
    what: str | None,
    number: str | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List cases, newest first; --json has what either side says."""
    wanted = CasesWanted(
        source=source or "",
        state=None if state is None else CaseState(state),
        what=what or "",
        number=number or "",
        since=_day(since),
        until=_day(until),
    )
    if saved.wanted:
        return saved.of(CASES, wanted)
    rows = completeness_cases(wanted, limit=limit, before=before)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    return Listing(CASE_COLUMNS, [case_out(row) for row in rows], more)


@completeness.add_command
@command("case")
@click.argument("number", type=NUMBER)
def case(_call: Call, *, number: int) -> Facts:
    """Show a case with both sides."""
    return Facts(case_out(completeness_case(number)))


@completeness.add_command
@command("close")
@click.argument("number", type=NUMBER)
@click.option("--note", required=True, help="Why both sides may stay as they are.")
def close(call: Call, *, number: int, note: str) -> Facts:
    """Close a case with a note."""
    return Facts(case_out(close_case(number=number, note=note, actor=call.actor, at=call.at)))


@completeness.add_command
@command("ask-at")
@click.argument("source")
@click.argument("address")
@_key
def ask_at(call: Call, *, source: str, address: str, key: str | None) -> Facts:
    """Ask SOURCE for its acts at ADDRESS from now on. Its secret is printed this once."""
    made = set_address(source=source, address=address, actor=call.actor, at=call.at, key=key)
    return Facts(address_out(made), KEEP if made.secret else ())


@completeness.add_command
@command("rotate")
@click.argument("source")
@_key
def rotate(call: Call, *, source: str, key: str | None) -> Facts:
    """Give SOURCE another secret, which is printed this once; the old one signs no more."""
    made = new_secret(source=source, actor=call.actor, at=call.at, key=key)
    return Facts(address_out(made), KEEP)


@completeness.add_command
@command("bring-files")
@click.argument("source")
def files(call: Call, *, source: str) -> Facts:
    """Ask SOURCE no more; its lists are brought with `check --file`."""
    row = bring_files(source=source, actor=call.actor, at=call.at)
    return Facts(address_out(AddressedSource(row, "")))


def _checked(run: CompletenessRun) -> Facts:
    """Give what a check came to: the figures, and for people the days and what differs."""
    wanted = DaysWanted(source=run.source_id, since=run.first_day, until=run.last_day)
    totals = day_totals(wanted)
    found = completeness_cases(
        CasesWanted(
            source=run.source_id, state=CaseState.OPEN, since=run.first_day, until=run.last_day
        ),
        limit=SHOWN_CASES,
    )
    facts: dict[str, Any] = check_out(run_view(run)) | {
        "figures": figures_out(totals),
        "cases": [case_out(row) for row in found],
    }
    return _Difference(facts)


class _Difference(Facts):
    """A check as people read it: a line of figures, then a line for each difference."""

    def as_text(self) -> str:
        """Write it."""
        data, figures = self.data, self.data["figures"]
        word = "complete" if figures["complete"] else "incomplete"
        lines = [
            f"{data['source']} {data['first_day']} to {data['last_day']}: {data['state']}",
            f"{word}: {figures['recorded']} of {figures['acts']}; {data['added']} added",
        ]
        if data["problem"]:
            lines.append(f"failed: {data['problem']}")
        for one in data["cases"]:
            name = f"{one['day']} {one['kind']} {one['business_number']}"
            lines.append(f"{_SIGNS[one['what']]} {one['what']:9} {name}: {_said(one)}")
        if len(data["cases"]) == SHOWN_CASES:
            lines.append(f"More: tael completeness cases --source {data['source']} --state open")
        return "\n".join(lines)


_SIGNS: Final = {"differing": "~", "orphan": "-", "refused": "!"}


def _said(one: dict[str, Any]) -> str:
    """Say in one line what a difference is."""
    if one["what"] == "differing":
        theirs, ours = one["theirs"] or {}, one["ours"] or {}
        return "; ".join(
            f"{field} {theirs.get(field, 'nothing')} there, {ours.get(field, 'nothing')} here"
            for field in one["reason"].split(", ")
        )
    return one["reason"] or f"only here, {(one['ours'] or {}).get('amount', '')}"


def _tell(progress: Progress) -> None:
    """Tell on standard error how far a check is."""
    run = progress.run
    if progress.day is None:
        if run.rows_done:
            click.echo(f"{run.rows_done} of {run.rows} rows", err=True)
        return
    day = progress.day
    click.echo(
        f"{day.day}  {day.recorded} of {day.acts}  +{day.added}"
        f"  {len(day.differences)} differ  ({progress.done}/{progress.days})",
        err=True,
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a door reads the clock
