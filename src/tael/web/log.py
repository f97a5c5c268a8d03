"""One log line is one JSON object with a fixed set of fields: nothing else gets out by accident."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

# What a line may carry besides its text. A request's body, headers and query are never among them.
FIELDS: Final = ("status_code", "request_id", "code", "actor", "seconds")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; a line break in a value cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, with the trace of an exception in its own field."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Give the trace without what the database says of a row: it repeats the values that were refused.

        Source: reliability, T22.
        """
        trace = super().formatException(ei)
        cause: BaseException | None = ei[1]
        while cause is not None:
            detail = getattr(getattr(cause, "diag", None), "message_detail", None)
            if detail:
                trace = trace.replace(detail, "…")
            cause = cause.__cause__ or cause.__context__
        return trace
