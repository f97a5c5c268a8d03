"""The journal of the whole house for other programs (導出): `/journal`."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Final

from django.http import StreamingHttpResponse
from ninja import Query, Router

from tael import books
from tael.api.call import ApiRequest
from tael.api.endpoint import endpoint
from tael.api.fields import Moment
from tael.assurance.export import Format, export_journal

router = Router(tags=["journal"])

PIECE: Final = 64 * 1024
IN_MEMORY: Final = 4 * 1024 * 1024
CONTENT_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "hledger": "text/plain; charset=utf-8",
    "beancount": "text/plain; charset=utf-8",
}


@endpoint(
    router,
    "GET",
    "/journal",
    answers=None,
    answer_types=("text/csv", "text/plain"),
    paces=("api", "files"),
    problems={409},
)
def export_journal_file(
    request: ApiRequest,  # noqa: ARG001 - the scope alone opens the journal
    format: Annotated[Format, Query(description="Which program is to read it.")],  # noqa: A002
    since: Annotated[Moment | None, Query(description="Only what was booked from then on.")] = None,
    until: Annotated[Moment | None, Query(description="Only what was booked before.")] = None,
) -> StreamingHttpResponse:
    """Export the journal as csv, or for hledger or beancount, which recompute every balance from it."""
    # Written to its end before the first byte goes out: half a journal must not look like a whole one.
    kept = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by who sends it
        IN_MEMORY, mode="w+", encoding="utf-8", newline="\n", prefix="tael-journal-"
    )
    try:
        export_journal(books.connection(), format, kept, since=since, until=until)  # type: ignore[arg-type]
    except BaseException:
        kept.close()
        raise
    response = StreamingHttpResponse(_pieces(kept), content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="journal.{format}"'
    return response


def _pieces(kept: IO[str]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while piece := kept.read(PIECE):
            yield piece.encode()
