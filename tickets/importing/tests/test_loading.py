"""The upsert: idempotent, and independent of the order in which versions come in."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_portal.people.models import Employee
from kpi_portal.people.tests.factories import make_employee
from tickets.importing.loading import first, merged
from tickets.models import Ticket
from tickets.services import load_rows

T0 = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)


def version(hour: int, agent: str, resolved: bool = False, **fields: Any) -> dict[str, Any]:
    """What the export at `hour` says of ticket T1."""
    return {
        "external_id": "T1",
        "created_at": T0,
        "agent": agent,
        "source_updated_at": T0 + timedelta(hours=hour),
        "resolved_at": T0 + timedelta(hours=1) if resolved else None,
        **fields,
    }


def state() -> list[dict[str, Any]]:
    """All tickets without what the order of imports may change."""
    rows = Ticket.objects.order_by("source", "external_id").values()
    return [
        {name: value for name, value in row.items() if name not in ("id", "last_import_id")}
        for row in rows
    ]


@pytest.mark.django_db
def test_the_owner_is_that_of_the_earliest_resolved_version_in_every_order() -> None:
    for number in ("A", "B", "C", "D"):
        make_employee(number)
    versions = [
        version(1, "A"),
        version(2, "B", resolved=True, category="first"),
        version(3, "C", resolved=True, category="second"),
        version(4, "D", category="third"),
    ]
    seen = []

    for order in permutations(versions):
        Ticket.objects.all().delete()
        for each in order:
            load_rows([each], "test")
        seen.append(state())

    assert all(each == seen[0] for each in seen)
    ticket = Ticket.objects.select_related("agent").get()
    assert ticket.agent and ticket.agent.number == "B"
    assert (ticket.category, ticket.resolved_at) == ("third", None)


@pytest.mark.django_db
def test_the_older_version_counts_as_unchanged() -> None:
    make_employee("A")
    load_rows([version(2, "A", category="new")], "test")

    counts = load_rows([version(1, "A", category="old")], "test")

    assert (counts.updated, counts.unchanged) == (0, 1)
    assert Ticket.objects.get().category == "new"


@pytest.mark.django_db
def test_without_a_version_the_later_import_wins_but_the_owner_stays() -> None:
    make_employee("A")
    make_employee("B")
    plain = {"external_id": "T1", "created_at": T0, "resolved_at": T0}
    load_rows([{**plain, "agent": "A", "category": "old"}], "test")

    load_rows([{**plain, "agent": "B", "category": "new"}], "test")

    ticket = Ticket.objects.select_related("agent").get()
    assert (ticket.agent and ticket.agent.number, ticket.category) == ("A", "new")


@pytest.mark.django_db
def test_fields_that_a_file_lacks_keep_what_the_ticket_had() -> None:
    row = {"external_id": "T1", "created_at": T0}
    load_rows(
        [{**row, "first_response_at": T0 + timedelta(seconds=30), "priority": "high"}], "test"
    )

    load_rows([{**row, "resolved_at": T0 + timedelta(seconds=90)}], "test")

    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.frt_s, ticket.full_s, ticket.active_s) == ("high", 30, 90, 60)


@pytest.mark.django_db
def test_contradictory_instants_are_kept_without_seconds() -> None:
    row = {"external_id": "T1", "created_at": T0, "first_response_at": T0 - timedelta(seconds=1)}

    load_rows([row], "test")

    assert Ticket.objects.get().frt_s is None


@pytest.mark.django_db
def test_the_promise_is_judged_when_both_instants_are_known() -> None:
    row = {"external_id": "T1", "created_at": T0, "promised_at": T0 + timedelta(hours=1)}

    load_rows([row], "test")
    assert Ticket.objects.get().promise_met is None
    load_rows([{**row, "resolved_at": T0 + timedelta(hours=1)}], "test")

    assert Ticket.objects.get().promise_met is True


@pytest.mark.django_db
def test_the_raw_customer_is_stored_nowhere() -> None:
    load_rows([{"external_id": "T1", "created_at": T0, "customer": "13812345678"}], "test")

    row = Ticket.objects.values().get()
    assert row["customer_mask"] == "138****5678"
    assert not any("12345678" in str(value) for value in row.values())


@pytest.mark.django_db
def test_an_unknown_agent_stops_the_load_as_a_whole() -> None:
    rows = [{"external_id": "T1", "created_at": T0}, {"external_id": "T2", "created_at": T0,
                                                      "agent": "nobody"}]  # fmt: skip

    with pytest.raises(KeyError):
        load_rows(rows, "test")

    assert not Ticket.objects.exists()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "external_id": st.integers(1, 6).map(lambda number: f"T{number}"),
            "created_at": st.just(T0),
            "agent": st.sampled_from(["A", "B", None]),
            "category": st.sampled_from(["x", "y", ""]),
            "resolved_at": st.sampled_from([None, T0, T0 + timedelta(hours=2)]),
            "hour": st.integers(0, 50),
        }
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row["external_id"], row["hour"]),
)


def ready(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: value for name, value in row.items() if name != "hour"},
            "source_updated_at": T0 + timedelta(hours=row["hour"]),
        }
        for row in rows
    ]


def load(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tickets after these versions came in one by one, beginning with none."""
    Ticket.objects.all().delete()
    for number in ("A", "B"):
        Employee.objects.get_or_create(number=number, defaults={"name": number})
    for row in rows:
        load_rows([row], "test")
    return state()


def folded(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns of each ticket after these versions, without a database."""
    known: dict[str, Any] = {}
    for row in rows:
        values = {**row, "agent_id": row["agent"]}
        del values["agent"]
        old = known.get(row["external_id"])
        known[row["external_id"]] = (
            first(values) if old is None else {**old, **merged(old, values)[1]}
        )
    return known


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_versions_does_not_matter(rows: Any, random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert folded(ready(rows)) == folded(ready(shuffled))


@pytest.mark.django_db
@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_loading_again_changes_nothing(rows: Any) -> None:
    before = load(ready(rows))

    counts = [load_rows([row], "test") for row in ready(rows)]

    assert state() == before
    assert sum(each.created + each.updated for each in counts) == 0


@pytest.mark.django_db
@settings(deadline=None, max_examples=25)
@given(ROWS, st.integers(0, 12))
def test_one_file_and_its_two_halves_are_the_same(rows: Any, cut: int) -> None:
    once = list({row["external_id"]: row for row in ready(rows)}.values())
    load([])
    load_rows(once, "test")
    whole = state()

    load([])
    load_rows(once[:cut], "test")
    load_rows(once[cut:], "test")

    assert state() == whole
