"""Passwords are hashed in no time in the tests' process; as OWASP asks for it, each takes 35 ms of processor.

The tests of passwords themselves, and every program that a test starts, hash as the house does.
"""

from __future__ import annotations

from typing import Final

import pytest
from argon2 import PasswordHasher

from tael.parties import password

OF_THE_HOUSE: Final = {name: getattr(password, name) for name in ("_HASHER", "_NOBODYS")}


def hash_cheaply() -> None:
    """From now on."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    password._HASHER = cheap
    password._NOBODYS = cheap.hash("nobody's")


def hash_as_the_house(patch: pytest.MonkeyPatch) -> None:
    """For one test."""
    for name, value in OF_THE_HOUSE.items():
        patch.setattr(password, name, value)
