"""Who asks for an operation, when it takes effect, and under which numbers.

Source: F-02, F-19, F-20, F-22; A-F1, A-F2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from tael import ledger
from tael.refusal import Refusal

if TYPE_CHECKING:
    from uuid import UUID

KEY_MAX: Final = 255
NUMBER_MAX: Final = 64
CODE_MAX: Final = 64
INFO_MAX: Final = 1000

_VISIBLE: Final = re.compile(r"[!-~]+")
_ACTOR: Final = re.compile(r"[a-z]+(:[0-9A-Za-z_.-]{1,64})?")
_CHANNEL: Final = re.compile(r"[A-Za-z][0-9A-Za-z_]{0,31}")
_CODE: Final = re.compile(r"[0-9A-Za-z_.-]*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SNO: Final = re.compile(r"([0-9])([0-9]{14})([0-9A-Za-z_-]+)")


class InstructionMalformed(Refusal):
    """A number or text of the instruction has a shape that cannot be kept."""

    code = "instruction_malformed"
    rule = "F-19"
    remedy = "Send the named field in the allowed form."


class SnoMalformed(Refusal):
    """A supplied serial number does not begin with this operation's digit and a real date and time."""

    code = "sno_malformed"
    rule = "F-20"
    remedy = "Send operation digit, YYYYMMDDHHMMSS and the object's ID, or no sno at all."


class EntryKeys(NamedTuple):
    """The keys under which an entry is written once: `Entry(key=…, aliases=…)`."""

    key: UUID
    aliases: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """Everything that an operation is told beside what to move.

    Args:
        key: the caller's idempotency key, his own for ever; up to 255 visible ASCII characters.
        actor: who asks: "user:10000", "key:3", "system".
        at: when it takes effect; aware.
        channel: identifier of the channel (渠道).
        info: free text for the statement, never evaluated (A-F14).
        sno: the caller's serial number (流水編碼); also a key, for the whole installation (A-F2).
        pno: the outside world's transaction number (交易號).
        code: the business operation's code, for example "AdminRecharge" (F-02).
    """

    key: str
    actor: str
    at: datetime
    channel: str = "System"
    info: str = ""
    sno: str | None = None
    pno: str | None = None
    code: str = ""

    def __post_init__(self) -> None:
        """Refuse what the books could not keep or a reader could not read.

        Raises:
            InstructionMalformed: naming the field.
        """
        _check("key", self.key, _VISIBLE, KEY_MAX, "1 to 255 visible ASCII characters")
        _check("actor", self.actor, _ACTOR, NUMBER_MAX + 32, "a kind and a number, as user:10000")
        _check("channel", self.channel, _CHANNEL, 32, "a channel's identifier")
        _check("code", self.code, _CODE, CODE_MAX, "up to 64 letters, digits, _ . -")
        for field, number in (("sno", self.sno), ("pno", self.pno)):
            if number is not None:
                _check(field, number, _VISIBLE, NUMBER_MAX, "1 to 64 visible ASCII characters")
        if (
            not isinstance(self.info, str)
            or len(self.info) > INFO_MAX
            or _CONTROL.search(self.info)
        ):
            raise InstructionMalformed(
                "info is not plain text",
                field="info",
                allowed="up to 1000 characters of plain text",
            )
        if self.at.tzinfo is None:
            raise InstructionMalformed(
                "the time has no zone",
                field="at",
                there=self.at.isoformat(),
                allowed="a time with its zone",
            )

    def entry_keys(self, *, operation: int | None = None) -> EntryKeys:
        """Give the entry's keys: the caller's own and, where a sno was sent, the sno's.

        Args:
            operation: the operation's number 1 to 7, against which the sno is checked; None for what
                seed 1 gives no number.

        Raises:
            SnoMalformed: the sno does not begin with the operation's digit and a valid date.

        Source: A-F1, A-F2.
        """
        if self.sno is not None and operation is not None:
            check_sno(self.sno, operation=operation)
        aliases = () if self.sno is None else (sno_key(self.sno),)
        return EntryKeys(ledger.key_of(self.actor, self.key), aliases)


def sno_key(sno: str) -> UUID:
    """Give the ledger's key for a serial number, one for the whole installation.

    Source: A-F2.
    """
    return ledger.key_of("sno", sno)


def check_sno(sno: str, *, operation: int) -> None:
    """Check a supplied serial number for its operation digit and a valid date, nothing else.

    Position 1 is the operation, 2 to 15 the date and time, 16 to the end the object's ID.

    Raises:
        SnoMalformed: naming what was expected.

    Source: F-20, A-F1, A-F2.

    >>> check_sno("42020011516540610012", operation=4)
    """
    parts = _SNO.fullmatch(sno)
    allowed = f"{operation}, YYYYMMDDHHMMSS and the object's ID"
    if parts is None or len(sno) > NUMBER_MAX:
        raise SnoMalformed(
            "the sno is not digits of that format", field="sno", there=sno, allowed=allowed
        )
    if parts[1] != str(operation):
        raise SnoMalformed(
            f"the sno begins with {parts[1]}, this is operation {operation}",
            field="sno",
            there=sno,
            allowed=allowed,
        )
    try:
        datetime.strptime(parts[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise SnoMalformed(
            "positions 2 to 15 of the sno are no date and time",
            field="sno",
            there=sno,
            allowed=allowed,
        ) from error


def _check(field: str, text: object, form: re.Pattern[str], longest: int, allowed: str) -> None:
    if not isinstance(text, str) or len(text) > longest or not form.fullmatch(text):
        raise InstructionMalformed(
            f"{field} is malformed", field=field, there=str(text)[:80] or "(empty)", allowed=allowed
        )
