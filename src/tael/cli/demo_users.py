"""Who can sign in to the demo: one of the staff for each role, and one user for each customer.

They have one password and one seed of the second factor, drawn when the demo data are loaded and kept
beside the data; nothing of it is the same in two installations.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from tael.parties import second_factor
from tael.parties.role import ROLES
from tael.parties.user import accept, add_customer_user, add_staff, invite
from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tael.parties.user import User

HOUSE: Final = "demo.example"
STAFF: Final = {
    "admin": "Ada Admin",
    "finance_maker": "Ming Maker 明",
    "finance_checker": "Chen Checker 陳",
    "support": "Sam Support",
    "auditor": "Olga Auditor",
}
CUSTOMERS: Final = {
    10010: ("wang", "Wang Wei 王偉"),
    10012: ("li", "Li Hua 李華"),
    10013: ("chen", "Chen Jing 陳靜"),
    10014: ("nordlicht", "Nordlicht Kaffee GmbH"),
    10015: ("zhao", "Zhao Min 趙敏"),
    10016: ("rossi", "Maria Rossi"),
}
WORDS: Final = [
    "amber",
    "bamboo",
    "copper",
    "dragon",
    "ember",
    "falcon",
    "garden",
    "harbor",
    "indigo",
    "jasmine",
    "kettle",
    "lantern",
    "magnet",
    "nectar",
    "orchid",
    "pepper",
    "quartz",
    "ribbon",
    "silver",
    "temple",
    "umber",
    "velvet",
    "willow",
    "yellow",
    "zephyr",
]
SEED: Final = "Second factor"  # under which demo.json keeps it


class NoDemoUsers(Refusal):
    """No demo data were loaded here, so there is no telephone of theirs."""

    code = "no_demo_users"
    because: ClassVar[Because] = "absent"
    remedy = "Use the authenticator app in which the second factor was set up."


def add_demo_users(*, actor: str, at: datetime) -> dict[str, str]:
    """Enter the users and give what a person needs to sign in as one of them."""
    assert STAFF.keys() == ROLES.keys()
    password = " ".join(secrets.choice(WORDS) for _ in range(5)) + f" {secrets.randbelow(90) + 10}"
    seed = secrets.token_bytes(second_factor.SEED_BYTES)
    earlier = at - timedelta(minutes=5)  # so that the code of this moment can still be used
    for role, name in STAFF.items():
        login = f"{_short(role)}@{HOUSE}"
        user = add_staff(login=login, name=name, roles=[role], actor=actor, at=earlier)
        _set_password(user, password, actor=actor, at=earlier)
        shown = second_factor.enrol(user, seed=seed, at=earlier)
        code = second_factor.code_at(shown.seed, earlier)
        second_factor.confirm(user, code, at=earlier)
    for number, (word, name) in CUSTOMERS.items():
        login = f"{word}@{HOUSE}"
        user = add_customer_user(login=login, name=name, customer=number, actor=actor, at=earlier)
        _set_password(user, password, actor=actor, at=earlier)
    return {
        "Back office": ", ".join(f"{_short(role)}@{HOUSE}" for role in STAFF),
        "Portal": ", ".join(f"{word}@{HOUSE}" for word, _name in CUSTOMERS.values()),
        "Password": f"{password}   (of all of them)",
        SEED: f"{base64.b32encode(seed).decode()}   (of the back office; `tael staff code` shows the code)",
    }


def demo_code(kept: Path, *, at: datetime) -> str:
    """Give the code that the telephone of the demo's staff would show.

    Args:
        kept: where the keys of the demo data are kept.

    Raises:
        NoDemoUsers: none are kept there.
    """
    keys: dict[str, str] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    if SEED not in keys:
        raise NoDemoUsers("There is no second factor of demo users.")
    return second_factor.code_at(keys[SEED].split()[0], at)


def _short(role: str) -> str:
    return role.removeprefix("finance_")


def _set_password(user: User, password: str, *, actor: str, at: datetime) -> None:
    link = invite(number=user.pk, actor=actor, at=at)
    accept(link.text, staff=user.is_staff, password=password, at=at)
