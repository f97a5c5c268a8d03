"""Looking at a workbook's archive before a parser does: how much is in it, and what does not belong there.

Source: reliability, M8, T15.
"""

from __future__ import annotations

import zipfile
from typing import IO, Final

from tael.sheets.limits import MEMBERS_MAX, RATIO_FROM, RATIO_MAX, UNPACKED_MAX
from tael.sheets.refusals import SheetTooLarge, SheetUnreadable

PORTION: Final = 256 * 1024
ENCRYPTED: Final = 0x1
ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
)
OBJECT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a program of the workbook's own (vbaProject.bin) or an embedded document begins."""
DECLARED: Final = ("<!DOCTYPE", "<!ENTITY")
MARKS: Final = tuple(
    word.encode(encoding) for word in DECLARED for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
OVERLAP: Final = max(map(len, MARKS))


def check_archive(brought: IO[bytes]) -> None:
    """Refuse an archive that is more than a workbook of a few pages.

    What is unpacked is counted, not believed, and thrown away portion by portion.

    Raises:
        SheetTooLarge: members, unpacked bytes, or their ratio to packed ones.
        SheetUnreadable: broken, encrypted, with another archive, macros or an object inside, or with
            declarations of its own (DTD).
    """
    try:
        with zipfile.ZipFile(brought) as archive:
            members = archive.infolist()
            _check_table(members)
            unpacked = sum(_unpacked(archive, member) for member in members)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as wrong:
        message = "The workbook is broken."
        raise SheetUnreadable(message, there=type(wrong).__name__) from None
    packed = sum(member.compress_size for member in members)
    _check_ratio(unpacked, packed, "the workbook")
    brought.seek(0)


def _check_table(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS_MAX:
        raise SheetTooLarge(
            "The workbook has too many members.",
            there=str(len(members)),
            allowed=f"at most {MEMBERS_MAX}",
        )
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise SheetUnreadable("Two members of the workbook have the same name.")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise SheetUnreadable("The workbook is encrypted.", allowed="xlsx without a password")
    total = sum(member.file_size for member in members)
    if total > UNPACKED_MAX:
        raise _too_much(total)
    for member in members:
        _check_ratio(member.file_size, member.compress_size, member.filename[:60])


def _check_ratio(unpacked: int, packed: int, what: str) -> None:
    if unpacked >= RATIO_FROM and unpacked > RATIO_MAX * max(packed, 1):
        raise SheetTooLarge(
            "The workbook is packed too densely.",
            there=f"{what}: {unpacked} bytes from {packed}",
            allowed=f"{RATIO_MAX} to 1",
        )


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Count a member's bytes and look at them."""
    count, kept = 0, b""
    with archive.open(member) as stream:
        while portion := stream.read(PORTION):
            if not count and portion.startswith(ARCHIVES):
                there = member.filename[:60]
                raise SheetUnreadable("The workbook has an archive inside.", there=there)
            if not count and portion.startswith(OBJECT):
                there = member.filename[:60]
                raise SheetUnreadable("The workbook has macros or an object inside.", there=there)
            count += len(portion)
            if count > UNPACKED_MAX:
                raise _too_much(count)
            seen = kept + portion
            if any(mark in seen for mark in MARKS):
                there = member.filename[:60]
                raise SheetUnreadable("The workbook declares entities (DTD).", there=there)
            kept = portion[-OVERLAP:]
    return count


def _too_much(count: int) -> SheetTooLarge:
    return SheetTooLarge(
        "The workbook is too large when it is unpacked.",
        there=f"{count} bytes",
        allowed=f"at most {UNPACKED_MAX} bytes",
    )
