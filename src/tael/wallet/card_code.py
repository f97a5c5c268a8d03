"""The codes on recharge cards (點卡密碼): 80 random bits that a person can read out and type.

PURE but for the random source. Crockford's base32 has no I, L, O and U; what looks alike reads alike.
Two check characters find every mistyped character and every two that were swapped, before anybody
looks a card up.

Source: F-24; SM-03.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import ClassVar, Final

from tael.refusal import Refusal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH: Final = 16  # 16 x 5 = 80 bits
CHECK_LENGTH: Final = 2
GROUP: Final = 6
MODULUS: Final = 1021  # the largest prime below 32 x 32
TYPED_MAX: Final = 64
_READS_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_SHAPE: Final = re.compile(rf"[{ALPHABET}]{{{RANDOM_LENGTH + CHECK_LENGTH}}}")


class CardMalformed(Refusal):
    """This is no card's code: a character is missing, mistyped or swapped."""

    code = "card_malformed"
    rule: ClassVar[str] = "F-24"
    remedy = "Type the code again as it stands on the card."


def new_code() -> str:
    """Make a code, in groups for reading.

    Source: SM-03.
    """
    bits = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return grouped(bits + _check(bits))


def parse_code(typed: str) -> str:
    """Give the plain code for what was typed: small letters, blanks, hyphens, O for 0, I and L for 1.

    Raises:
        CardMalformed: it cannot be the code of any card. What was typed is not repeated.

    Source: F-24.

    >>> parse_code(grouped("0123456789ABCDEF" + _check("0123456789ABCDEF")).lower())[:16]
    '0123456789ABCDEF'
    """
    plain = ""
    if isinstance(typed, str) and len(typed) <= TYPED_MAX and typed.isascii():
        plain = typed.upper().translate(_READS_AS)
    if not _SHAPE.fullmatch(plain) or _check(plain[:RANDOM_LENGTH]) != plain[RANDOM_LENGTH:]:
        message = "This is not the code of a card."
        raise CardMalformed(message, field="code", allowed="18 letters and digits, as printed")
    return plain


def grouped(plain: str) -> str:
    """Write a code in groups of six."""
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def digest_of(plain: str) -> bytes:
    """Give what is kept of a code. At 80 random bits nothing slower is needed."""
    return hashlib.sha256(b"tael card\x00" + plain.encode("ascii")).digest()


def _check(bits: str) -> str:
    """Give the check characters: a sum with weights 1, 2, 3, … over a prime."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(bits, start=1)) % MODULUS
    return ALPHABET[total // 32] + ALPHABET[total % 32]
