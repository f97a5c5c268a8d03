"""Files that a command writes: of the kind that their name says, and never over what is there unless told.

Source: F-22; reliability, T15.
"""

from __future__ import annotations

import os
import secrets
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
    """Write a document to a file, under its own name if no other is given, and say where it is.

    It gets its name when all of it is on the disk: what was cut off is never taken for the document.
    """
    file = to or Path(document.name)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        if file.exists() and not file.is_file():  # a pipe or a device has no name to be given
            file.write_bytes(document.content)
        else:
            _write_whole(part, document.content)
            _name(part, file, overwrite=overwrite)
    except FileExistsError as failure:
        message = f"{file} is there already; --overwrite replaces it"
        raise click.ClickException(message) from failure
    except OSError as failure:
        message = f"{file} cannot be written: {failure.strerror}"
        raise click.ClickException(message) from failure
    finally:
        part.unlink(missing_ok=True)
    return {"file": str(file), "bytes": len(document.content)}


def _write_whole(part: Path, content: bytes) -> None:
    with part.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _name(part: Path, file: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(file)
        return
    try:
        file.hardlink_to(part)  # fails where there is one, also one of this moment
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        if file.exists():
            raise FileExistsError from None
        part.replace(file)
