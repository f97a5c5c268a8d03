"""`tael batch`: payouts to merchants (打款批次), from the list that waits to the bank's answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tael.api.v1.payout_batches import batch_out, batch_row_out
from tael.api.v1.payout_results import result_out, result_row_out
from tael.api.wire import money_out
from tael.cli.answer import Facts, Listing
from tael.cli.batch_unknown import COMMANDS as OF_UNKNOWN
from tael.cli.call import NUMBER, command
from tael.cli.file import write
from tael.cli.list_file import Saved, saved_option
from tael.documents.labels import LANGUAGES, parse_language
from tael.documents.payout_answer import read_answer
from tael.documents.payout_download import FORMS, export_payout, payout_again
from tael.documents.payout_lists import BATCH_ROWS, BATCHES, RESULT_ROWS, RowsOf
from tael.settlement.lifecycles import BatchState
from tael.settlement.payouts.bank_profile import PROFILES
from tael.settlement.payouts.batch import (
    approve_batch,
    check_batch,
    make_batches,
    payout_batch,
    reopen_batch,
    take_out_row,
)
from tael.settlement.payouts.batch_export import drop_batch, revoke_batch
from tael.settlement.payouts.batch_search import (
    BatchesWanted,
    batch_totals,
    batches,
    result_rows,
    row_counts,
    rows_of,
)
from tael.settlement.payouts.result_file import keep_result, result_file, take_part
from tael.settlement.payouts.result_preview import preview
from tael.sheets.limits import UPLOAD_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from tael.cli.call import Call

COLUMNS: Final = ("number", "reference", "state", "rows", "total", "channel", "made_at", "made_by")
RESULT_COLUMNS: Final = ("row", "withdrawal", "verdict", "reason")
VERDICTS: Final = ("paid", "failed", "unknown", "refused")
ROW_COLUMNS: Final = (
    "place",
    "withdrawal",
    "merchant_account",
    "net",
    "state",
    "flow_number",
    "reason",
)
REFUSED_SHOWN: Final = 20
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
KEY: Final = click.option("--key", help="Idempotency key.  [default: a new one]")


@click.group("batch")
def batch() -> None:
    """Make payout batches, export them for the bank, import its answer."""


@batch.add_command
@command("list")
@click.option("--state", type=click.Choice([state.value for state in BatchState]))
@click.option("--currency", default="", help="In this currency only.")
@click.option("--before", type=NUMBER, help="Those before this number.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@saved_option
def listing(
    _call: Call,
    *,
    state: str | None,
    currency: str,
    before: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """List batches, newest first, with the sums of all that is found."""
    wanted = BatchesWanted(state or "", currency)
    if saved.wanted:
        return saved.of(BATCHES, wanted)
    rows = batches(wanted, before=before, limit=limit)
    more = f"--before {rows[-1].pk}" if len(rows) == limit else ""
    totals = {f"total {one.currency}": money_out(one.total) for one in batch_totals(wanted)}
    return Listing(COLUMNS, [batch_out(row) for row in rows], more, totals)


@batch.add_command
@command("make")
@click.option("--currency", required=True, help="Its code, such as CNY.")
@click.option("--channel", required=True, help="Over which the money leaves, such as Alipay.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="generic", show_default=True)
@click.option(
    "--withdrawal",
    "withdrawals",
    type=NUMBER,
    multiple=True,
    help="Only this one; more than once for several.",
)
@KEY
def make(
    call: Call,
    *,
    currency: str,
    channel: str,
    profile: str,
    withdrawals: tuple[int, ...],
    key: str | None,
) -> Listing:
    """Put withdrawals that wait into new batches: all of them, or those that are named."""
    made = make_batches(
        currency=currency,
        channel=channel,
        profile=profile,
        withdrawals=withdrawals or None,
        instruction=call.keyed(key),
    )
    return Listing(COLUMNS, [batch_out(row) for row in made])


@batch.add_command
@command("show")
@click.argument("number", type=NUMBER)
def show(_call: Call, *, number: int) -> Facts:
    """Show one batch and how its rows stand."""
    return Facts(batch_out(payout_batch(number)) | {"states": row_counts(number)})


@batch.add_command
@command("rows")
@click.argument("number", type=NUMBER)
@click.option("--after", type=NUMBER, default=None, help="Those after this place.")
@click.option("--limit", type=click.IntRange(1, 200), default=100, show_default=True)
@saved_option
def rows(
    _call: Call, *, number: int, after: int | None, limit: int, saved: Saved
) -> Listing | Facts:
    """List the rows of a batch."""
    payout_batch(number)
    if saved.wanted:
        return saved.of(BATCH_ROWS, RowsOf(number), name=f"batch-{number}-rows")
    found = rows_of(number, after=after or 0, limit=limit)
    more = f"--after {found[-1].row.place}" if len(found) == limit else ""
    return Listing(ROW_COLUMNS, [batch_row_out(row) for row in found], more)


@batch.add_command
@command("result")
@click.argument("number", type=NUMBER)
@click.option("--verdict", type=click.Choice(VERDICTS), help="Only rows of which it said this.")
@click.option("--after", type=NUMBER, help="Those after this row.")
@click.option("--limit", type=click.IntRange(1, 200), default=100, show_default=True)
@saved_option
def result(
    _call: Call,
    *,
    number: int,
    verdict: str | None,
    after: int | None,
    limit: int,
    saved: Saved,
) -> Listing | Facts:
    """Show what became of the rows of the bank's answer NUMBER."""
    file = result_file(number)
    if saved.wanted:
        return saved.of(RESULT_ROWS, RowsOf(number, verdict or ""), name=f"result-{number}-rows")
    found = result_rows(number, verdict=verdict or "", after=after or 0, limit=limit)
    more = f"--after {found[-1].row}" if len(found) == limit else ""
    return Listing(RESULT_COLUMNS, [result_row_out(row) for row in found], more, result_out(file))


@batch.add_command
@command("check")
@click.argument("number", type=NUMBER)
@KEY
def check(call: Call, *, number: int, key: str | None) -> Facts:
    """Say that a draft is right: its rows and sums are frozen."""
    return Facts(batch_out(check_batch(number=number, instruction=call.keyed(key))))


@batch.add_command
@command("reopen")
@click.argument("number", type=NUMBER)
@KEY
def reopen(call: Call, *, number: int, key: str | None) -> Facts:
    """Make a checked batch a draft again."""
    return Facts(batch_out(reopen_batch(number=number, instruction=call.keyed(key))))


@batch.add_command
@command("approve")
@click.argument("number", type=NUMBER)
@KEY
def approve(call: Call, *, number: int, key: str | None) -> Facts:
    """Approve a batch that somebody else made and checked."""
    return Facts(batch_out(approve_batch(number=number, instruction=call.keyed(key))))


@batch.add_command
@command("take-out")
@click.argument("number", type=NUMBER)
@click.option("--withdrawal", type=NUMBER, required=True)
@KEY
def take_out(call: Call, *, number: int, withdrawal: int, key: str | None) -> Facts:
    """Take a withdrawal out of a draft; it waits again."""
    done = take_out_row(number=number, withdrawal=withdrawal, instruction=call.keyed(key))
    return Facts(batch_out(done))


@batch.add_command
@command("drop")
@click.argument("number", type=NUMBER)
@KEY
def drop(call: Call, *, number: int, key: str | None) -> Facts:
    """Drop a batch that was not exported; its withdrawals wait again."""
    return Facts(batch_out(drop_batch(number=number, instruction=call.keyed(key))))


@batch.add_command
@command("revoke")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True, help="How one knows that the file was not sent.")
@KEY
def revoke(call: Call, *, number: int, reason: str, key: str | None) -> Facts:
    """Take back a file that nobody has sent to the bank; its withdrawals wait again."""
    done = revoke_batch(number=number, reason=reason, instruction=call.keyed(key))
    return Facts(batch_out(done))


@batch.add_command
@command("export")
@click.argument("number", type=NUMBER)
@click.option("-o", "--to", type=click.Path(dir_okay=False, path_type=Path), help="Where to.")
@click.option("--format", "form", type=click.Choice(FORMS), default="xlsx", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--overwrite", is_flag=True, help="Also where there is such a file already.")
@click.option("--again", is_flag=True, help="Of an exported batch: the same file once more.")
@KEY
def export(
    call: Call,
    *,
    number: int,
    to: Path | None,
    form: str,
    language: str,
    overwrite: bool,
    again: bool,
    key: str | None,
) -> Facts:
    """Write a batch as the file for the bank; from now on the bank may have it."""
    document = (
        payout_again(number)
        if again
        else export_payout(
            number=number,
            form=form,
            language=parse_language(language),
            instruction=call.keyed(key),
            told=_progress(payout_batch(number).rows),
        )
    )
    return Facts(batch_out(payout_batch(number)) | write(document, to, overwrite=overwrite))


@batch.add_command
@command("import")
@click.argument("number", type=NUMBER)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Judge every row; do nothing.")
@KEY
def take(call: Call, *, number: int, file: Path, dry_run: bool, key: str | None) -> Facts:
    """Do what the bank's answer says of the rows of a batch.

    A row that is refused stops none of the others. Interrupted and called again, it goes on.
    """
    payout_batch(number)
    with file.open("rb") as opened:
        sheet = read_answer(opened.read(UPLOAD_MAX + 1), name=file.name)
    said = call.keyed(key)
    kept = keep_result(number=number, sheet=sheet, instruction=said)
    if dry_run:
        tell = _progress(kept.rows)
        judged = preview(kept.pk, lambda done: tell(done) is None)
        assert judged is not None, "nobody ends it here"
        notes = [f"row {row.row}: {row.reason}" for row in judged.refused[:REFUSED_SHOWN]]
        notes.append("Dry run: it would go so. Call it without --dry-run to do it.")
        return Facts({"batch": number, "file": kept.pk, **judged.counts}, notes)
    done = take_part(file=kept.pk, instruction=said, progress=_progress(kept.rows))
    refused = result_rows(done.pk, verdict="refused", limit=REFUSED_SHOWN)
    told: dict[str, Any] = result_out(done) | {"refusals": [result_row_out(row) for row in refused]}
    return Facts(told, [f"row {row.row}: {row.reason}" for row in refused])


for _each in OF_UNKNOWN:
    batch.add_command(_each)


def _is_watched() -> bool:
    return sys.stderr.isatty()


def _progress(count: int) -> Callable[[int], None]:
    """Say how far an import is on the line below, where somebody looks at it."""
    if not _is_watched():
        return lambda _done: None

    def tell(done: int) -> None:
        end = "\n" if done >= count else ""
        click.echo(f"\r{done} of {count} rows{end}", nl=False, err=True)

    return tell
