"""Actors: the words in which the books, the audit trail and the applications say who acted.

    customer:<number>   the customer himself, where a site that keeps its own sign-in speaks for him
    user:<number>       somebody who signs in here, for the house or for a customer
    key:<number>        an API key
    cli:<login>         whoever is at the command line of the machine
    system, system:<part>, cmspro, anonymous    no person

A user's number and a customer's are counted apart, so the kind is part of who it is. Entries of earlier
versions may say `user:` of a customer; `tael.parties.person` knows how to read them.

Source: I31, I32.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CUSTOMER: Final = "customer"
USER: Final = "user"
KEY: Final = "key"
CLI: Final = "cli"
ANONYMOUS: Final = "anonymous"
SYSTEM: Final = "system"
SITE: Final = "cmspro"
_DIGITS_MAX: Final = 18

# The actors that are the customer in the column `owner`, for proofs: only what can never change afterwards.
OWNER_ACTORS: Final = """
    SELECT 'customer:' || owner
    UNION ALL SELECT 'user:' || u.id FROM parties_user AS u WHERE u.customer_id = owner
    UNION ALL SELECT 'key:' || k.id FROM parties_api_key AS k WHERE k.customer_id = owner
    UNION ALL SELECT 'user:' || owner WHERE NOT EXISTS (SELECT FROM parties_user AS u WHERE u.id = owner)
"""


class Actor(NamedTuple):
    """What an actor's text says: its kind, and the number if it has one."""

    kind: str
    number: int | None


def of_customer(number: int) -> str:
    """Name a customer himself."""
    return f"{CUSTOMER}:{number}"


def of_user(number: int) -> str:
    """Name somebody who signs in."""
    return f"{USER}:{number}"


def of_key(number: int) -> str:
    """Name an API key."""
    return f"{KEY}:{number}"


def of_login(login: str) -> str:
    """Name whoever is at the command line."""
    return f"{CLI}:{login}"


def of_part(part: str) -> str:
    """Name a part of the system that acts by itself."""
    return f"{SYSTEM}:{part}"


def read(text: str) -> Actor:
    """Read an actor's text; a kind that has no numbers, or no number, leaves None.

    >>> read("user:10000")
    Actor(kind='user', number=10000)
    >>> read("cli:ada").number is None
    True
    """
    kind, _, rest = text.partition(":")
    counted = kind in {CUSTOMER, USER, KEY} and rest.isascii() and rest.isdecimal()
    return Actor(kind, int(rest) if counted and len(rest) <= _DIGITS_MAX else None)
