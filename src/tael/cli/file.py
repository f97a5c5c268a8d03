"""Files that a command writes: of the kind that their name says, and never over what is there unless told.

Source: F-22; reliability, T15.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from tael.documents.labels import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tael.documents.download import Document

F = TypeVar("F", bound="Callable[..., Any]")

DAY: Final = click.DateTime(["%Y-%m-%d"])


def file_options(formats: Sequence[str]) -> Callable[[F], F]:
    """Give a command --to, --format, --overwrite and --language.

    Args:
        formats: that its document can have.
    """
    options = (
        click.option(
            "-o",
            "--to",
            "--out",
            "to",
            type=click.Path(dir_okay=False, path_type=Path),
            help=f"Write a file; its ending says what it is: {', '.join(formats)}.",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            help="What the file is, if its name does not say so.",
        ),
        click.option("--overwrite", is_flag=True, help="Also where there is such a file already."),
        click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True),
    )

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def kind_of(form: str | None, to: Path | None) -> str:
    """Tell which kind of file is meant; the empty word where none is."""
    return form or (to.suffix.lower().removeprefix(".") if to else "")


def write(document: Document, to: Path | None, *, overwrite: bool) -> dict[str, Any]:
    """Write a document to a file, under its own name if no other is given, and say where it is."""
    file = to or Path(document.name)
    try:
        with file.open("wb" if overwrite else "xb") as opened:
            opened.write(document.content)
    except FileExistsError as failure:
        message = f"{file} is there already; --overwrite replaces it"
        raise click.ClickException(message) from failure
    except OSError as failure:
        message = f"{file} cannot be written: {failure.strerror}"
        raise click.ClickException(message) from failure
    return {"file": str(file), "bytes": len(document.content)}
