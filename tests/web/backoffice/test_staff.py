"""The staff's pages: an administrator adds, changes and disables others, and never himself."""

from __future__ import annotations

import re

import pytest

from builders import AT, a_customer
from tael.parties import second_factor
from tael.parties.queries import audit_trail, users
from tael.parties.user import accept, user
from tael.web.access.door import now
from visits import a_customer_user, a_staff_user, staff_client


@pytest.fixture
def admin(db):
    return staff_client("admin")


def link_on(answer):
    return re.search(r'value="(http[^"]*set-password\?link=([^"]*))"', answer.content.decode())


@pytest.mark.rule("T14")
def test_an_administrator_adds_somebody_who_sets_a_password_by_the_link(admin):
    fields = {"login": "New@Example.com", "name": "New", "roles": ["auditor", "support"]}
    shown = admin.post("/backoffice/staff/add", fields)

    address, text = link_on(shown).groups()
    assert address.startswith("http://localhost/backoffice/set-password?link=")
    made = accept(text, staff=True, password="correct horse battery", at=now())
    assert (made.login, made.roles) == ("new@example.com", ["auditor", "support"])
    assert "New" in admin.get("/backoffice/staff").content.decode()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"login": "x", "name": "X", "roles": ["admin"]}, "login_malformed"),
        ({"login": "x@example.com", "name": "X"}, "unknown_role"),
        ({"login": "x@example.com", "name": "\u200bX\n", "roles": ["root"]}, ""),
    ],
)
def test_a_refused_form_is_shown_again_with_what_was_typed(admin, fields, code):
    answer = admin.post("/backoffice/staff/add", fields)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'value="{fields["login"]}"' in page
    assert code in page
    assert len(users(staff=True)) == 1


@pytest.mark.rule("T14")
@pytest.mark.parametrize(
    "act", ["roles", "own-customer", "second-factor", "invite", "disable", "enable"]
)
def test_nobody_changes_his_own_rights(db, act):
    me = a_staff_user("admin")
    answer = staff_client(user=me).post(
        f"/backoffice/staff/{me.pk}/change", {"act": act, "roles": ["finance_maker"]}
    )

    assert (answer.status_code, b"not_oneself" in answer.content) == (403, True)
    assert user(me.pk).roles == ["admin"]
    page = staff_client(user=me).get(f"/backoffice/staff/{me.pk}").content.decode()
    assert 'name="act"' not in page


@pytest.mark.rule("T14")
def test_other_roles_hold_from_the_next_request_on(admin):
    member = a_staff_user("admin")
    browser = staff_client(user=member)
    assert browser.get("/backoffice/staff").status_code == 200

    change = {"act": "roles", "roles": ["support"]}
    assert admin.post(f"/backoffice/staff/{member.pk}/change", change).status_code == 303

    assert browser.get("/backoffice/staff").status_code == 403
    assert audit_trail(subject=f"user:{member.pk}")[0].action == "user.set_roles"


@pytest.mark.rule("T16")
def test_disabling_and_a_reset_end_the_sessions(admin):
    for act in ("disable", "second-factor"):
        member = a_staff_user("auditor")
        seed = second_factor.enrol(member, at=AT).seed
        second_factor.confirm(member, second_factor.code_at(seed, AT), at=AT)
        browser = staff_client(user=member)
        assert browser.get("/backoffice/security").status_code == 200

        address = f"/backoffice/staff/{member.pk}/change"
        assert admin.post(address, {"act": act}).status_code == 303
        assert browser.get("/backoffice/security").status_code == 302
        assert second_factor.standing(member.pk).confirmed is (act == "disable")


@pytest.mark.rule("T14")
def test_a_customers_user_is_nobody_of_the_staff(admin):
    customers = a_customer_user(a_customer())

    assert admin.get(f"/backoffice/staff/{customers.pk}").status_code == 404
    for act in ("invite", "disable", "roles", "second-factor"):
        address = f"/backoffice/staff/{customers.pk}/change"
        assert admin.post(address, {"act": act, "roles": ["admin"]}).status_code == 404


@pytest.mark.parametrize("act", ["", "delete", "x" * 1000])
def test_what_no_button_says_is_refused(admin, act):
    member = a_staff_user("auditor")

    assert admin.post(f"/backoffice/staff/{member.pk}/change", {"act": act}).status_code == 400


@pytest.mark.rule("T14")
def test_a_list_of_staff_goes_on_where_it_ended(admin):
    for _ in range(55):
        a_staff_user("auditor")

    first = admin.get("/backoffice/staff").content.decode()
    after = re.search(r'href="\?(after=\d+)"', first).group(1)
    second = admin.get(f"/backoffice/staff?{after}").content.decode()
    numbers = [re.findall(r"/backoffice/staff/(\d+)", page) for page in (first, second)]
    assert [len(found) for found in numbers] == [50, 6]
    assert not set(numbers[0]) & set(numbers[1])


@pytest.mark.rule("I32")
def test_who_is_a_customer_as_well_is_written_down_and_taken_back(admin):
    member, customer = a_staff_user("finance_maker"), a_customer()
    page = f"/backoffice/staff/{member.pk}"

    def say(text):
        return admin.post(f"{page}/change", {"act": "own-customer", "customer": text}).status_code

    assert say(str(customer)) == 303
    assert f'value="{customer}"' in admin.get(page).content.decode()
    assert [say("99"), say("x"), say("9" * 30)] == [404] * 3
    assert user(member.pk).own_customer_id == customer
    assert say("") == 303
    assert user(member.pk).own_customer_id is None
