"""`tael docs`: write the parts of the documentation that are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tael.api.problem import status_of
from tael.assurance.documents import import_everything, postings_page, refusals_page
from tael.cli.database import start_django

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES: dict[str, Callable[[], str]] = {
    "postings.md": postings_page,
    "refusals.md": lambda: refusals_page(status_of),
}


@click.command("docs")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="docs",
    show_default=True,
    help="The folder.",
)
def docs(*, into: Path) -> None:
    """Write docs/postings.md and docs/refusals.md anew. `make docs` calls it."""
    start_django()
    import_everything()
    for name, page in PAGES.items():
        path = into / name
        text = page()
        if path.exists() and path.read_text("utf-8") == text:
            click.echo(f"{path} is up to date")
            continue
        path.write_text(text, encoding="utf-8")
        click.echo(f"{path} written")
