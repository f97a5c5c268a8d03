"""A list's own file: `--to` and its kin write all pages of what a list finds, as the pages and the API give it.

Source: peers-settlement-invest A39; reliability, T15.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tael.cli.answer import Facts
from tael.cli.file import file_options, kind_of, write
from tael.documents.download import SHEET_FORMATS
from tael.documents.labels import parse_language
from tael.documents.listing import list_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tael.documents.listing import Listing

F = TypeVar("F", bound="Callable[..., Any]")


class Saved(NamedTuple):
    """Whether a list is wanted as a file, in which form and where."""

    to: Path | None
    form: str | None
    overwrite: bool
    language: str

    @property
    def wanted(self) -> bool:
        """Tell whether a file is wanted."""
        return self.form is not None or self.to is not None

    def of(self, listing: Listing[Any, Any], wanted: Any, *, name: str = "") -> Facts:
        """Write all that a filter finds, and say where it is and how many rows it has."""
        form = kind_of(self.form, self.to)
        made, rows = list_document(listing, wanted, form, parse_language(self.language), name=name)
        return Facts(write(made, self.to, overwrite=self.overwrite) | {"rows": rows})


def saved_option(function: F) -> F:
    """Give a command --to, --format, --overwrite and --language, together as ``saved``."""

    @wraps(function)
    def with_saved(
        *given: Any,
        to: Path | None,
        form: str | None,
        overwrite: bool,
        language: str,
        **named: Any,
    ) -> Any:
        return function(*given, saved=Saved(to, form, overwrite, language), **named)

    return file_options(SHEET_FORMATS)(with_saved)  # type: ignore[return-value]  # wraps keeps the shape
