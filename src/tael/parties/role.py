"""What each role of the staff (職員) may do: one table for every page.

Source: reliability, section 3a (roles), T14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from tael.refusal import Because, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

SEE: Final = frozenset(
    {
        "wallets.see",
        "flows.see",
        "withdrawals.see",
        "orders.see",
        "cards.see",
        "registries.see",
        "keys.see",
        "audit.see",
        "webhooks.see",
        "staff.see",
        "users.see",
        "periods.see",
        "settlement.see",
        "proposals.see",
    }
)
_MONEY: Final = frozenset(
    {
        "wallets.see",
        "flows.see",
        "withdrawals.see",
        "orders.see",
        "cards.see",
        "settlement.see",
    }
)
# Without payees.unmasked the details of a payee account are shown with their last four characters only.
ROLES: Final[dict[str, frozenset[str]]] = {
    "support": _MONEY | {"users.see", "users.invite"},
    "finance_maker": _MONEY
    | {
        "registries.see",
        "periods.see",
        "wallets.operate",
        "withdrawals.review",
        "suspense.propose",
        "cards.issue",
        "payees.unmasked",
        "exports.take",
        "settlement.record",
        "bills.make",
        "remittances.handle",
        "payouts.make",
        "bank.handle",
        "proposals.see",
    },
    "finance_checker": _MONEY
    | {
        "registries.see",
        "periods.see",
        "periods.close",
        "periods.late",
        "withdrawals.check",
        "suspense.confirm",
        "payees.unmasked",
        "exports.take",
        "proposals.see",
        "proposals.decide",
    },
    "admin": SEE
    | {
        "registries.change",
        "keys.change",
        "webhooks.change",
        "staff.change",
        "users.invite",
        "settlement.terms",
    },
    "auditor": SEE | {"payees.unmasked", "exports.take"},
}
PERMISSIONS: Final = frozenset().union(*ROLES.values())


class UnknownRole(Refusal):
    """There is no role of this name."""

    code = "unknown_role"
    rule = "T14"
    remedy = "Use names from the table of roles, at least one."


class RoleMissing(Refusal):
    """None of the roles of who is signed in allows this."""

    code = "role_missing"
    because: ClassVar[Because] = "forbidden"
    rule = "T14"
    remedy = "Ask somebody who has the role, or an administrator to be given it."


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Give all that these roles allow together. A name that is no role allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))


def require_permission(roles: Iterable[str], permission: str) -> None:
    """Refuse roles that do not allow this.

    Raises:
        RoleMissing: naming the roles that would.
    """
    assert permission in PERMISSIONS, permission
    had = tuple(roles)
    if permission not in permissions_of(had):
        allowed = ", ".join(name for name, may in ROLES.items() if permission in may)
        raise RoleMissing(f"This needs {permission}.", there=", ".join(had), allowed=allowed)


def parse_roles(names: Iterable[str]) -> list[str]:
    """Give the roles of these names, sorted and once each.

    Raises:
        UnknownRole: a name is no role, or there is none.
    """
    wanted = sorted({str(name) for name in names})
    unknown = [name for name in wanted if name not in ROLES]
    if unknown or not wanted:
        raise UnknownRole(
            "These are no roles." if unknown else "A member of the staff needs a role.",
            field="roles",
            there=", ".join(name[:40] for name in unknown[:5]),
            allowed=", ".join(ROLES),
        )
    return wanted
