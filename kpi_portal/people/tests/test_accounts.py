"""Accounts and roles: rights are read on every request, nobody helps themselves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people import services
from kpi_portal.people.models import Notice, User
from kpi_portal.people.services.accounts import LastAdministrator
from kpi_portal.people.services.changes import Invalid
from kpi_portal.people.tests.factories import PASSWORD, make_employee, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 4, tzinfo=UTC)


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password})


def is_in(client: Client) -> bool:
    return client.get(reverse("audit:mine")).status_code == 200


@pytest.mark.parametrize("login", ["a001", "A001", " A001 "])
def test_people_sign_in_with_user_name_or_employee_number(
    login: str, client: Client, agent: User
) -> None:
    agent.username = "li.wei"
    agent.save()

    assert sign_in(client, login).status_code == 302
    assert is_in(client)
    assert Event.objects.get(act="account.signed_in").actor == agent


def test_a_wrong_password_is_recorded_without_what_was_typed(client: Client, agent: User) -> None:
    response = sign_in(client, "a001", "wrong-canary")

    assert response.status_code == 200
    assert not is_in(client)
    event = Event.objects.get(act="account.sign_in_failed")
    assert event.object_id == str(agent.pk)
    assert "canary" not in str(event.after) + event.reason


def test_an_unknown_account_and_a_wrong_password_read_alike(client: Client, agent: User) -> None:
    unknown = sign_in(client, "nobody", "x" * 12).context["form"].errors
    wrong = sign_in(client, "a001", "x" * 12).context["form"].errors

    assert unknown == wrong


def test_ten_wrong_passwords_stop_even_the_right_one(client: Client, agent: User) -> None:
    for _attempt in range(10):
        sign_in(client, "a001", "wrong wrong wrong")

    response = sign_in(client, "a001")

    assert response.status_code in (200, 429)
    assert not is_in(client)


@pytest.mark.parametrize("path", ["signup", "password/reset", "email"])
def test_nobody_signs_up_or_resets_by_mail(path: str, client: Client) -> None:
    assert client.get(f"/accounts/{path}/").status_code == 404


def test_signing_out_is_recorded(client: Client, agent: User) -> None:
    sign_in(client, "a001")

    client.post(reverse("account_logout"))

    assert not is_in(client)
    assert Event.objects.filter(act="account.signed_out", actor=agent).exists()


def test_changing_ones_password_is_recorded(client: Client, agent: User) -> None:
    sign_in(client, "a001")
    fresh = "a quite different one"

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )

    assert Event.objects.filter(act="account.password_changed", actor=agent).exists()
    agent.refresh_from_db()
    assert agent.check_password(fresh)


def test_a_disabled_account_is_out_with_the_next_request(
    client: Client, agent: User, admin_user: User
) -> None:
    client.force_login(agent)
    assert is_in(client)

    services.disable_account(agent, by=admin_user, reason="left")

    assert not is_in(client)
    assert sign_in(client, "a001").status_code in (200, 302)
    assert not is_in(client)


def test_who_loses_a_role_is_out_with_the_next_request(
    client: Client, auditor: User, admin_user: User
) -> None:
    client.force_login(auditor)
    assert client.get(reverse("audit:list")).status_code == 200

    services.revoke_role(auditor, "auditor", by=admin_user, at=NOW)

    assert client.get(reverse("audit:list")).status_code == 302


def test_who_left_is_out_the_day_after(client: Client, agent: User, time_machine: Any) -> None:
    assert agent.employee is not None
    time_machine.move_to(datetime(2026, 10, 15, 4, tzinfo=UTC))
    services.leave(agent.employee, on=date(2026, 10, 15), by=None)
    client.force_login(agent)
    assert is_in(client)

    time_machine.move_to(datetime(2026, 10, 15, 16, 1, tzinfo=UTC))  # 00:01 in Shanghai

    assert not is_in(client)


def test_a_new_password_ends_the_sessions(client: Client, agent: User, admin_user: User) -> None:
    client.force_login(agent)

    services.set_password(agent, "a quite different one", by=admin_user)

    assert not is_in(client)


def test_a_weak_password_is_refused(agent: User, admin_user: User) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_password(agent, "123456", by=admin_user)

    assert "password" in refused.value.fields


def test_a_role_is_given_once_with_reason_and_notice(agent: User, admin_user: User) -> None:
    for _time in range(2):
        services.grant_role(agent, "inspector", by=admin_user, at=NOW, reason="new task")

    event = Event.objects.get(act="account.role_granted")
    assert (event.actor, event.after, event.reason) == (
        admin_user, {"role": "inspector"}, "new task",
    )  # fmt: skip
    assert agent.has_role("inspector")
    assert Notice.objects.get(user=agent).kind == "people.role_granted"


def test_taking_a_role_twice_takes_it_once(auditor: User, admin_user: User) -> None:
    assert services.revoke_role(auditor, "auditor", by=admin_user, at=NOW)
    assert not services.revoke_role(auditor, "auditor", by=admin_user, at=NOW)

    assert not auditor.has_role("auditor")


def test_nobody_changes_their_own_roles(admin_user: User) -> None:
    with pytest.raises(NotAllowed):
        services.grant_role(admin_user, "auditor", by=admin_user, at=NOW)
    with pytest.raises(NotAllowed):
        services.revoke_role(admin_user, "admin", by=admin_user, at=NOW)
    with pytest.raises(NotAllowed):
        services.disable_account(admin_user, by=admin_user)


def test_the_last_administrator_stays(admin_user: User) -> None:
    with pytest.raises(LastAdministrator):
        services.revoke_role(admin_user, "admin", by=None, at=NOW)

    second = make_user("admin")
    services.revoke_role(admin_user, "admin", by=second, at=NOW)
    with pytest.raises(LastAdministrator):
        services.disable_account(second, by=None)


def test_a_user_name_never_is_somebody_elses_employee_number(agent: User) -> None:
    with pytest.raises(Invalid) as refused:
        services.add_account(username="A001", password=None, by=None, at=NOW)

    assert "username" in refused.value.fields


def test_an_account_is_made_with_roles(admin_user: User) -> None:
    employee = make_employee("N1")

    user = services.add_account(
        username="n1", password=PASSWORD, by=admin_user, at=NOW, roles=("hr",), employee=employee
    )

    assert user.roles == {"hr"}
    assert user.employee == employee
    assert Event.objects.get(act="account.added").after == {
        "username": "n1", "employee": employee.pk,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["hr", "committee", "admin_user", "auditor"])
def test_roles_with_power_set_up_a_second_factor_first(
    name: str, client: Client, settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.MFA_REQUIRED = True
    client.force_login(request.getfixturevalue(name))

    response = client.get(reverse("audit:mine"))

    assert (response.status_code, response.headers["Location"]) == (
        302, reverse("mfa_activate_totp"),
    )  # fmt: skip


def test_agents_need_no_second_factor(client: Client, settings: Any, agent: User) -> None:
    settings.MFA_REQUIRED = True
    client.force_login(agent)

    assert is_in(client)


def test_acts_marked_fresh_ask_for_the_password_again(
    client: Client, settings: Any, admin_user: User, time_machine: Any
) -> None:
    settings.FRESH_AUTHENTICATION = True
    time_machine.move_to(NOW)
    sign_in(client, "m001")
    address = reverse("people:company")
    assert client.get(address).status_code == 200

    time_machine.move_to(NOW + timedelta(minutes=6))

    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(response.headers["Location"], {"password": PASSWORD})
    assert client.get(address).status_code == 200


def test_without_the_setting_nothing_asks_again(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)

    assert client.get(reverse("people:company")).status_code == 200
