"""The table of roles: who touches money, who changes settings, and who only looks."""

from __future__ import annotations

import pytest

from tael.parties.role import (
    PERMISSIONS,
    ROLES,
    RoleMissing,
    UnknownRole,
    parse_roles,
    permissions_of,
    require_permission,
)

MONEY = {"wallets.operate", "withdrawals.review", "withdrawals.check", "cards.issue"}
SETTINGS = {"registries.change", "keys.change", "webhooks.change", "staff.change"}


@pytest.mark.rule("T14")
def test_an_administrator_touches_no_money_and_finance_no_settings():
    assert not ROLES["admin"] & MONEY
    assert not (ROLES["finance_maker"] | ROLES["finance_checker"]) & SETTINGS


@pytest.mark.rule("T14")
def test_who_makes_does_not_check():
    assert "withdrawals.check" not in ROLES["finance_maker"]
    assert "withdrawals.review" not in ROLES["finance_checker"]


@pytest.mark.rule("T14")
def test_the_auditor_sees_everything_and_changes_nothing():
    sees = {permission for permission in PERMISSIONS if permission.endswith(".see")}

    assert ROLES["auditor"] == sees | {"payees.unmasked", "exports.take"}


def test_roles_add_up_and_what_is_no_role_allows_nothing():
    both = permissions_of(["support", "finance_checker"])

    assert both == ROLES["support"] | ROLES["finance_checker"]
    assert permissions_of(["root", ""]) == frozenset()


def test_a_missing_permission_names_the_roles_that_have_it():
    with pytest.raises(RoleMissing) as refused:
        require_permission(["support"], "cards.issue")
    assert (refused.value.there, refused.value.allowed) == ("support", "finance_maker")


@pytest.mark.parametrize("names", [[], ["root"], ["admin", ""], ["Admin"]])
def test_what_is_no_role_is_refused(names):
    with pytest.raises(UnknownRole):
        parse_roles(names)
    assert parse_roles(["auditor", "admin", "admin"]) == ["admin", "auditor"]
