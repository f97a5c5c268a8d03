"""What of a name or an account number may be shown to somebody else: enough to recognise, not to learn.

Source: E-07; reliability T22 (masks show the last four).
"""

from __future__ import annotations

from typing import Final

HIDDEN: Final = "*"
SHOWN_DIGITS: Final = 4


def masked_name(name: str) -> str:
    """Give a name with the first letter of each word only.

    >>> masked_name("Li Hua 李華")
    'L* H** 李*'
    >>> masked_name("X")
    '*'
    """
    words = (word[0] + HIDDEN * (len(word) - 1) for word in name.split() if len(word) > 1)
    return " ".join(words) or HIDDEN


def masked_number(number: str) -> str:
    """Give an account's number with its last four characters, an address with its first and its house.

    >>> masked_number("6222 0212 0000 0017")
    '**** 0017'
    >>> masked_number("lihua@example.com")
    'l****@example.com'
    >>> masked_number("17")
    '****'
    """
    plain = "".join(number.split())
    mailbox, at, house = plain.rpartition("@")
    if at and len(mailbox) > 1:
        return f"{mailbox[0]}{HIDDEN * SHOWN_DIGITS}@{house}"
    shown = plain[-SHOWN_DIGITS:] if len(plain) > 2 * SHOWN_DIGITS else ""
    return f"{HIDDEN * SHOWN_DIGITS} {shown}".rstrip()
