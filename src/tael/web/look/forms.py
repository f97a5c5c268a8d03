"""A form that acts is sent once: it carries the key that it was shown with.

A second click, a reload, the back button send the same key, and get the first receipt again. A form
that was refused is shown again with the same key, so that it can still be sent once.

Source: F-17; reliability, T9.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4  # noqa: TID251 - a door makes the key

from django.utils.html import format_html

from tael.books import Instruction
from tael.refusal import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

FIELD = "key"


class FormKeyMalformed(Refusal):
    """The form came without the key that it was shown with, or with something else in its place."""

    code = "form_key_malformed"
    remedy = "Open the page again and fill in the form that it shows."


def told(
    request: HttpRequest,
    *,
    actor: str,
    channel: str = "System",
    info: str = "",
    sno: str | None = None,
    pno: str | None = None,
    code: str = "",
) -> Instruction:
    """Read a sent form as an instruction that takes effect now, under the form's key.

    Args:
        actor: who sent it, "user:10000".
        channel, info, sno, pno, code: as an `Instruction` has them.

    Raises:
        FormKeyMalformed: there is no key, or it is none of ours.
        InstructionMalformed: another part cannot be kept.

    Source: F-17; reliability, T9.
    """
    return Instruction(
        key=form_key(request),
        actor=actor,
        at=datetime.now(UTC),  # noqa: TID251 - the caller's clock
        channel=channel,
        info=info,
        sno=sno,
        pno=pno,
        code=code,
    )


def form_key(request: HttpRequest) -> str:
    """Give the key that a sent form carries.

    Raises:
        FormKeyMalformed: there is none, or it is none of ours.
    """
    key = _carried(request)
    if key is None:
        raise FormKeyMalformed(
            "The form has no key of its own.",
            field=FIELD,
            there=request.POST.get(FIELD, "")[:64] or None,
            allowed="the key that the page put into the form",
        )
    return key


def key_input(context: dict[str, Any]) -> SafeString:
    """Write the hidden field: the key of the form that was just sent and refused, else a new one."""
    request: HttpRequest | None = context.get("request")
    key = None if request is None else _carried(request)
    fresh = key or str(uuid4())
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, fresh)


def _carried(request: HttpRequest) -> str | None:
    text = request.POST.get(FIELD, "")
    try:
        key = str(UUID(text))
    except ValueError:
        return None
    return key if key == text else None  # UUID() also reads braces and capitals
