"""The command `tael` itself, and what it says when a rule says no."""

from __future__ import annotations

import errno
import importlib
import sys
from typing import Final

import click

from tael import __version__
from tael.loading import nothing_to_collect
from tael.refusal import Refusal

# Each command and where it lives; loaded when it is called.
COMMANDS: Final = {
    "run": "tael.cli.run:run",
    "serve": "tael.cli.serve:serve",
    "worker": "tael.cli.worker:worker",
    "sandbox": "tael.cli.sandbox:sandbox",
    "migrate": "tael.cli.migrate:migrate",
    "maintain": "tael.cli.maintain:maintain",
    "bench": "tael.cli.bench:bench",
    "doctor": "tael.cli.doctor:doctor",
    "export": "tael.cli.export:export",
    "backup": "tael.cli.backup:backup",
    "restore": "tael.cli.backup:restore",
    "verify": "tael.cli.verify:verify",
    "docs": "tael.cli.docs:docs",
    "schema": "tael.cli.schema:schema",
}
# The operations and the registries: their modules hold Django's tables, so its settings come first.
NOUNS: Final = (
    "demo",
    "wallet",
    "recharge",
    "deduct",
    "transfer",
    "freeze",
    "unfreeze",
    "withdraw",
    "exchange",
    "reverse",
    "hold",
    "order",
    "suspense",
    "card",
    "withdrawal",
    "payout",
    "batch",
    "bank",
    "completeness",
    "remittance",
    "proposal",
    "flow",
    "statement",
    "accrual",
    "customer",
    "payee",
    "channel",
    "currency",
    "rate",
    "period",
    "merchant",
    "bill",
    "key",
    "webhook",
    "staff",
)
REFUSED: Final = 2
INTERRUPTED: Final = 130
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Commands(click.Group):
    """The list above as a click group, so that `tael --version` loads no database driver."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's form
        """Name the commands in the order of the list."""
        return [*COMMANDS, *NOUNS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        place = COMMANDS.get(cmd_name)
        if cmd_name not in NOUNS and place is None:
            return None
        with nothing_to_collect():
            if place is None:
                importlib.import_module("tael.cli.database").start_django()
                place = f"tael.cli.{cmd_name}:{cmd_name}"
            module, _, name = place.partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tael")
def tael() -> None:
    """Tael (兩): a funds platform on exact double-entry books."""


def main() -> None:
    """Run the command line. A refusal is said in three lines and ends with 2; a bug keeps its trace."""
    try:
        tael.main(prog_name="tael", standalone_mode=False)
    except Refusal as refusal:
        say(refusal)
        sys.exit(REFUSED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
        sys.exit(0)
    except OSError as failure:
        if failure.errno not in NO_ROOM:
            raise
        click.echo(
            f"Error: the answer could not be written: {failure.strerror}. What was asked may have"
            " been done: look before you ask again, or ask under the same --key.",
            err=True,
        )
        sys.exit(1)


def say(refusal: Refusal) -> None:
    """Print a refusal: its code, what was refused, and what can be done."""
    click.echo(f"{refusal.code}: {refusal.message}", err=True)
    facts = (
        ("field", refusal.field),
        ("rule", refusal.rule),
        ("there", refusal.there),
        ("allowed", refusal.allowed),
    )
    for name, fact in facts:
        if fact and (name in {"field", "rule"} or fact not in refusal.message):
            click.echo(f"  {name}: {fact}", err=True)
    if refusal.remedy:
        click.echo(f"  {refusal.remedy}", err=True)
