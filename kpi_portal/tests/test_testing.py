"""The plug-in itself: guards come back, the cast is whole, a worker works, a browser opens."""

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client

from kpi_portal.people.models import Role, User
from kpi_portal.testing import guards

CAST = ["agent", "supervisor", "inspector", "hr", "hr_lead", "committee", "chair", "auditor"]


@pytest.mark.django_db(transaction=True)
def test_guards_are_back_after_a_flush_and_still_refuse() -> None:
    from kpi_portal.audit.models import Event

    before = guards.triggers(connection)

    with guards.lifted(connection):
        pass

    assert before
    assert guards.triggers(connection) == before
    event = Event.objects.create(
        at="2026-01-01T00:00:00Z", act="test", object_type="test", object_id="1"
    )
    with pytest.raises(DatabaseError):
        event.delete()


@pytest.mark.django_db(transaction=True)
def test_the_flush_of_an_earlier_test_left_the_guards_in_place() -> None:
    assert "guard_audit_event_delete" in guards.triggers(connection)


@pytest.mark.parametrize("name", [*CAST, "admin_user"])
def test_each_of_the_cast_holds_their_role(request: pytest.FixtureRequest, name: str) -> None:
    user: User = request.getfixturevalue(name)

    assert user.has_role(Role(name.removesuffix("_user")))


def test_the_outsider_answers_to_somebody_else(agent: User, outsider: User) -> None:
    assert agent.employee and outsider.employee
    mine, theirs = agent.employee.assignments.get(), outsider.employee.assignments.get()

    assert mine.department != theirs.department
    assert mine.supervisor != theirs.supervisor


@pytest.mark.django_db
def test_the_test_database_is_a_wal_file_or_postgresql() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
        else:
            cursor.execute("SELECT current_database()")
        (found,) = cursor.fetchone()

    assert found == "wal" or found.startswith("test_kpi_")


@pytest.mark.redis
def test_a_real_worker_reports_itself(worker: object, client: Client) -> None:
    from kpi_portal.core import health

    assert health._worker() == ""
    assert health._broker() == ""


@pytest.mark.browser
def test_a_real_browser_opens_the_sign_in_page(open_as: object, agent: User) -> None:
    page = open_as(None, "/accounts/login/")  # type: ignore[operator]

    assert page.locator("input[name=login]").count() == 1
