"""`tael schema`: write docs/openapi.json anew from the code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tael.cli.database import start_django

SNAPSHOT = Path("docs/openapi.json")


@click.command("schema")
@click.option(
    "--check", is_flag=True, help="Change nothing; end with 1 if the file is out of date."
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=SNAPSHOT,
    show_default=True,
    help="Where to write it.",
)
def schema(output: Path, *, check: bool) -> None:
    """Write the OpenAPI document of the HTTP API to a file."""
    start_django()
    from tael.api.v1.api import document_text  # noqa: PLC0415 - needs Django's settings

    text = document_text()
    if check:
        there = output.read_text("utf-8") if output.exists() else ""
        if there != text:
            click.echo(f"{output} is out of date; run `make schema`.", err=True)
            sys.exit(1)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, "utf-8")
    click.echo(f"Wrote {output}.")
