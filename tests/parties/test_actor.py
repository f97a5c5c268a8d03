"""Actors are made and read in one place, and a customer's number is not a user's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tael
from builders import AT
from tael.books.instruction import Instruction
from tael.parties import actor as actors

MADE = [
    actors.of_customer(7),
    actors.of_user(7),
    actors.of_key(7),
    actors.of_login("ada"),
    actors.of_part("expiry"),
    actors.SYSTEM,
    actors.SITE,
    actors.ANONYMOUS,
]


@pytest.mark.rule("I31")
def test_one_number_names_as_many_actors_as_there_are_kinds():
    assert len(set(MADE)) == len(MADE)
    assert all(Instruction(key="a", actor=text, at=AT).actor == text for text in MADE)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("user:10000", "user", 10000),
        ("customer:20211", "customer", 20211),
        ("key:3", "key", 3),
        ("cli:3", "cli", None),
        ("system", "system", None),
        ("user:", "user", None),
        ("user:-1", "user", None),
        ("user:\u0663", "user", None),
        ("user:" + "9" * 19, "user", None),
        ("", "", None),
    ],
)
def test_an_actor_is_read_as_it_was_made(text, kind, number):
    assert actors.read(text) == (kind, number)


@pytest.mark.rule("I31")
def test_no_other_module_makes_or_takes_apart_the_actor_of_a_person():
    source = Path(tael.__file__).parent
    made = re.compile(
        r"""(actor|_by|\bby)\b[^\n]*f["'](user|customer|key):\{|return f["'](user|key):\{"""
    )
    found = [
        f"{file.relative_to(source)}: {line.strip()}"
        for file in source.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if made.search(line) and "subject=" not in line and file.name != "actor.py"
    ]
    assert found == []
