"""Logs of events become tickets: whoever resolved it owns it, the first change answers it."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tickets.importing.folding import fold, folded
from tickets.importing.tests.factories import run_command
from tickets.models import Ticket

HEAD = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,caller_id,"
    "opened_at,sys_updated_at,contact_type,category,priority,assignment_group,assigned_to,"
    "resolved_at,closed_at"
)
EVENTS = [
    "INC1,New,true,0,0,0,Caller 1,12/10/2026 10:00,12/10/2026 10:00,Phone,Cat 1,3,G1,?,?,?",
    "INC1,Active,true,1,0,1,Caller 1,12/10/2026 10:00,12/10/2026 10:20,Phone,Cat 1,3,G1,Li Wei,"
    "?,?",
    "INC1,Resolved,true,1,0,2,Caller 1,12/10/2026 10:00,12/10/2026 12:00,Phone,Cat 1,3,G1,"
    "Li Wei,12/10/2026 12:00,?",
    "INC1,Active,true,2,1,3,Caller 1,12/10/2026 10:00,13/10/2026 09:00,Phone,Cat 1,3,G2,"
    "Wang Fang,12/10/2026 12:00,?",
    "INC1,Closed,false,2,1,4,Caller 1,12/10/2026 10:00,20/10/2026 09:00,Phone,Cat 1,3,G2,"
    "Wang Fang,14/10/2026 12:00,20/10/2026 09:00",
    "INC2,New,true,0,0,0,Caller 2,12/10/2026 11:00,12/10/2026 11:00,Email,Cat 2,3,G1,Zhao Lei,?,?",
]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    zone = ZoneInfo("Asia/Shanghai")
    return datetime(2026, 10, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_log_goes_in_as_tickets_in_any_order(seed: int, tmp_path: Path) -> None:
    events = list(EVENTS)
    random.Random(seed).shuffle(events)
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEAD, *events]) + "\n", encoding="utf-8")

    code, document, _error = run_command("import_tickets", path, "--create-agents")

    assert (code, document["profile"], document["rows"]) == (0, "servicenow_log", 6)
    assert (document["created"], document["folded"], document["rejected"]) == (2, 4, 0)
    ticket = Ticket.objects.get(external_id="INC1")
    assert ticket.agent is not None
    assert ticket.first_agent is not None
    assert (ticket.agent.name, ticket.first_agent.name) == ("Li Wei", "Li Wei")
    assert ticket.first_response_at == at(12, 10, 20)
    assert (ticket.resolved_at, ticket.last_resolved_at) == (at(12, 12), None)
    assert (ticket.transfers, ticket.reopens, ticket.status) == (2, 1, "closed")
    waiting = Ticket.objects.get(external_id="INC2")
    assert (waiting.first_response_at, waiting.resolved_at) == (None, None)


@pytest.mark.django_db
def test_the_same_log_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEAD, *EVENTS]) + "\n", encoding="utf-8")
    run_command("import_tickets", path, "--create-agents")

    _code, document, _error = run_command("import_tickets", path, "--create-agents")

    assert (document["created"], document["updated"], document["unchanged"]) == (0, 0, 2)


START = datetime(2026, 10, 12, 2, tzinfo=UTC)


def event(minutes: int, **fields: object) -> dict[str, object]:
    moment = START + timedelta(minutes=minutes)
    return {"external_id": "T1", "created_at": START, "source_updated_at": moment, **fields}


def test_whoever_was_assigned_at_the_first_resolution_owns_the_ticket() -> None:
    row = fold(
        [
            event(0, agent="A", status="open"),
            event(5, agent="B", status="open"),
            event(9, agent="B", status="resolved"),
            event(50, agent="C", status="closed"),
        ]
    )

    assert (row["agent"], row["resolved_at"]) == ("B", START + timedelta(minutes=9))


def test_an_open_ticket_belongs_to_its_last_assignee() -> None:
    assert fold([event(0, agent="A"), event(5, agent="B"), event(6, agent="")])["agent"] == "B"


def test_counters_go_by_their_maximum_and_changes_count_where_there_is_none() -> None:
    counted = fold([event(0, transfers=3, agent="A"), event(5, transfers=1, agent="A")])
    changed = fold([event(0, agent="A"), event(5, agent="B"), event(9, agent="A")])

    assert (counted["transfers"], changed["transfers"]) == (3, 2)


def test_without_a_change_of_state_nobody_has_answered() -> None:
    row = fold([event(0, event_state="New"), event(5, event_state="New", agent="A")])

    assert row.get("first_response_at") is None


def test_tickets_come_out_one_by_one_with_all_of_their_events(tmp_path: Path) -> None:
    rows = [
        {**event(minute), "external_id": f"T{ticket}", "agent": f"A{minute}"}
        for minute in range(3)
        for ticket in range(50)
    ]
    seen: list[dict[str, object]] = []

    found = list(folded(iter(rows), (), seen.append))

    assert len(found) == len(seen) == 50
    assert {row["transfers"] for row in found} == {2}
