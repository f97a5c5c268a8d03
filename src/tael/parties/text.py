"""Names and other short texts of people, as they come in.

Source: F-38 (a refused operation changes nothing); reliability T22.
"""

from __future__ import annotations

import re
from typing import Final

from tael.refusal import Refusal

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class TextMalformed(Refusal):
    """A name or description is empty, too long, or has characters that no line of text has."""

    code = "text_malformed"
    rule = "F-38"
    remedy = "Send one line of text of the allowed length."


def parse_text(text: object, *, field: str, longest: int, may_be_empty: bool = False) -> str:
    """Give one line of text without blanks at its ends.

    Raises:
        TextMalformed: naming the field.
    """
    allowed = f"{0 if may_be_empty else 1} to {longest} characters on one line"
    line = text.strip() if isinstance(text, str) else None
    if line is None or len(line) > longest or _CONTROL.search(line) or not (line or may_be_empty):
        message = f"{field} is missing" if line == "" else f"{field} is not one line of text"
        raise TextMalformed(message, field=field, allowed=allowed)
    return line
