"""Recording: in the caller's transaction, in a form that both databases keep."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from kpi_portal.audit import services
from kpi_portal.audit.models import Event
from kpi_portal.core.logs import request_id
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


def test_an_event_names_actor_object_and_request(agent: User) -> None:
    with request_id("r-12345678"):
        event = services.record("employee.changed", agent, actor=agent, reason="typing error")

    event.refresh_from_db()
    assert (event.actor, event.actor_name) == (agent, "李伟")
    assert (event.object_type, event.object_id) == ("people.user", str(agent.pk))
    assert (event.request_id, event.reason) == ("r-12345678", "typing error")


def test_values_become_text_that_stays_exact(agent: User) -> None:
    after = {
        "points": Decimal("82.760"),
        "day": date(2026, 10, 31),
        "at": datetime(2026, 10, 31, 8, tzinfo=UTC),
        "who": agent,
        "share": 0.1,
        "list": (1, True, None),
        "nul": "a\0b",
    }

    event = services.record("x.y", ("thing", "1"), actor=None, after=after)

    event.refresh_from_db()
    assert event.after == {
        "points": "82.760",
        "day": "2026-10-31",
        "at": "2026-10-31T08:00:00.000000+00:00",
        "who": agent.pk,
        "share": "0.1",
        "list": [1, True, None],
        "nul": "a\ufffdb",
    }


def test_what_is_rolled_back_leaves_no_event() -> None:
    with transaction.atomic():
        services.record("x.y", ("thing", "1"), actor=None)
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_a_command_is_named_where_no_account_acts() -> None:
    with services.acting_as("root"):
        event = services.record("x.y", ("thing", "1"), actor=None)

    assert event.actor is None
    assert event.actor_name == "root"


def test_only_what_differs_is_kept() -> None:
    before, after = services.difference({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4})

    assert before == {"b": 2, "c": 3}
    assert after == {"b": 5, "d": 4}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'other'",
        "UPDATE audit_event SET at = '2020-01-01 00:00:00+00:00'",
        "UPDATE audit_event SET sequence = 7, hash = 'x', act = 'z.z'",
        "UPDATE audit_event SET actor_name = 'other', sequence = 7, hash = 'x'",
        "DELETE FROM audit_event",
        "UPDATE audit_head SET sequence = 0",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_or_delete_events(statement: str) -> None:
    services.record("x.y", ("thing", "1"), actor=None)
    services.seal()
    services.record("x.y", ("thing", "2"), actor=None)

    with (
        pytest.raises(DatabaseError, match="audit"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
