"""A payout batch as the file that the bank gets: written once, exported by its hash, given again as it was.

Source: B-35, B-38, E-15; peers-settlement-invest A24, A36, section 3.6; I20, I32.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, ClassVar, Final

from tael.documents.download import CONTENT_TYPES, Document, FormatUnknown
from tael.documents.labels import parse_language
from tael.documents.pain_001 import VERSIONS, write_pain_001
from tael.documents.payout_debtor import payout_debtor
from tael.documents.payout_file import payout_file, silent
from tael.refusal import Because, Refusal
from tael.settlement.lifecycles import BatchState
from tael.settlement.payouts.batch import payout_batch, refused_batch
from tael.settlement.payouts.batch_export import FileWritten, export_batch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tael.books import Instruction
    from tael.documents.labels import Language
    from tael.settlement.models import PayoutBatch

SHEETS: Final = ("xlsx", "csv")
FORMS: Final = (*SHEETS, *VERSIONS)
XML: Final = "application/xml"


class PayoutFileChanged(Refusal):
    """The message that the bank got cannot be written again: the debtor's settings or the calendar changed."""

    code = "payout_file_changed"
    because: ClassVar[Because] = "conflict"
    rule = "A24"
    remedy = "Use the file that was exported; or set the debtor and the calendar as they were."


def export_payout(
    *,
    number: int,
    form: str,
    language: Language,
    instruction: Instruction,
    told: Callable[[int], None] = silent,
) -> Document:
    """Write a batch as a file and write down that the bank may have it. The file again changes nothing.

    Args:
        told: hears how many rows of a sheet are read, while it is written.

    Raises:
        FormatUnknown; those of ``export_batch``.
        DebtorMissing, PaymentRowRefused, PaymentCurrencyRefused: it cannot be a message of ISO 20022.

    Source: B-35, B-38; A24, A36; I32.
    """
    batch = payout_batch(number)
    if batch.state in {BatchState.EXPORTED, BatchState.SETTLED} and (
        (form, language) == (batch.file_form, batch.file_language)
    ):
        return payout_again(number)
    document = _written(batch, form, language, instruction.at, told)
    digest = hashlib.sha256(document.content).hexdigest()
    export_batch(
        number=number,
        file=FileWritten(digest, form, language, batch.digest),
        instruction=instruction,
    )
    return document


def payout_again(number: int) -> Document:
    """Give the file of an exported batch again: the same bytes, by their hash.

    Raises:
        UnknownBatch; BatchMoveRefused: it was not exported, or was revoked.
        PayoutFileChanged, DebtorMissing: a message names a debtor or a day that are others now.

    Source: A24, section 3.6.
    """
    batch = payout_batch(number)
    if batch.state not in {BatchState.EXPORTED, BatchState.SETTLED} or batch.exported_at is None:
        raise refused_batch(batch, "be given as a file")
    document = _written(
        batch, batch.file_form, parse_language(batch.file_language), batch.exported_at
    )
    digest = hashlib.sha256(document.content).hexdigest()
    if batch.file_form in VERSIONS and digest != batch.file_digest:
        message = f"The message of batch {batch.reference} would not be what was exported."
        raise PayoutFileChanged(message, field="file", there=digest, allowed=batch.file_digest)
    assert digest == batch.file_digest, f"the file of batch {number} is not what was exported"
    return document


def _written(
    batch: PayoutBatch,
    form: str,
    language: Language,
    at: datetime,
    told: Callable[[int], None] = silent,
) -> Document:
    if form in VERSIONS:
        debtor = payout_debtor(os.environ)
        content = write_pain_001(batch, form, debtor=debtor, at=at)
        return Document(f"{batch.reference}.xml", XML, content)
    if form in SHEETS:
        content = payout_file(batch, form, language=language, told=told)  # type: ignore[arg-type]
        return Document(f"{batch.reference}.{form}", CONTENT_TYPES[form], content)
    message = "This document is not written in that format."
    raise FormatUnknown(message, field="format", there=ascii(form)[:20], allowed=", ".join(FORMS))
