"""Texts and numbers as a message to a bank takes them: the basic Latin set, IBAN and BIC.

A text whose letters are all Latin is brought into the basic Latin set that every bank takes: a letter with a
mark loses the mark, what has a usual spelling gets it (ß is ss), and what is left over becomes a full stop. A
text with a letter of another script, a Chinese name above all, cannot be spelled in that set without becoming
another name: it stays as it is, in UTF-8, which is what the messages are written in.

Source: peers-settlement-invest, section 3.6; B-35, E-15.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BASIC: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "
)
"""What the basic Latin set allows."""
LETTERS: Final = frozenset({"Lu", "Ll", "Lt", "Lo"})
IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
BIC: Final = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?")
_SPELLED: Final = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th",
        "\u0131": "i",  # without a dot
        "&": "+", "_": "-", "`": "'",
        "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": "'", "\u201d": "'",
        '"': "'", ";": ",", "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/",
    }
)  # fmt: skip


def bank_text(text: str, longest: int) -> str:
    """Write a text as a bank's message takes it, cut where the standard's length ends.

    Source: peers-settlement-invest, section 3.6.
    """
    whole = unicodedata.normalize("NFC", text)
    if _is_latin(whole):
        parts = unicodedata.normalize("NFKD", whole.translate(_SPELLED)).translate(_SPELLED)
        bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
        whole = "".join(sign if sign in BASIC else "." for sign in _one_line(bare))
    return _one_line(whole)[:longest].strip()


def is_basic(text: str) -> bool:
    """Tell whether a text needs no other sign than those every bank takes."""
    return all(sign in BASIC for sign in text)


def compact(text: str) -> str:
    """Take the blanks out of an account's number, which people write for the eye."""
    return "".join(text.split())


def is_iban(text: str) -> bool:
    """Tell whether a compact text is an IBAN whose check digits are right (ISO 13616, modulo 97).

    Source: peers-settlement-invest, section 3.6.
    """
    if not IBAN.fullmatch(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Tell whether a text is shaped as a BIC, of 8 or 11 signs (ISO 9362)."""
    return BIC.fullmatch(text) is not None


def _is_latin(text: str) -> bool:
    signs = unicodedata.normalize("NFKC", text)
    letters = (sign for sign in signs if unicodedata.category(sign) in LETTERS)
    return all("LATIN" in unicodedata.name(sign, "") for sign in letters)


def _one_line(text: str) -> str:
    """Take out what XML has no place for, and blanks that are too many."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cs", "Cn", "Co"})
    plain = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} else sign for sign in seen
    )
    return " ".join(plain.split())
