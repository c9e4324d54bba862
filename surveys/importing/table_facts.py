"""Survey invitations and recorded values, as `Facts`: how a row becomes columns."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from kpi_portal.people.queries import local_date
from surveys.models import RecordedValue, SurveyInvitation
from surveys.recorded.items import code_of
from surveys.services import link_answers
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Row
from tickets.importing.table_check import TableCheck
from tickets.importing.table_facts import TableFacts, given
from tickets.importing.table_kinds import INVITATIONS, RECORDED
from tickets.importing.table_load import Target

# --- invitations


def _invitation(check: TableCheck, row: Row) -> str:
    ticket, own = row.get("ticket") or "", row.get("external_id") or ""
    if not own and not ticket:
        raise check.refused("external_id", "", "missing")
    row["external_id"] = own or ticket
    row["ticket"] = ticket
    if "ticket" not in check.plan.columns:
        row["ticket"] = own
    answered = row.get("answered_at")
    if answered is not None and answered < row["invited_at"]:
        shown = answered.astimezone(check.zone).strftime("%Y-%m-%d %H:%M:%S")
        raise check.refused("answered_at", shown, "answer_before_invitation")
    check.someone(row, "agent", local_date(row["invited_at"]))
    return str(row["external_id"])


def _invitation_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    columns = {
        "source": source,
        "ticket_external_id": row["ticket"],
        **given(row, "external_id", "channel", "invited_at", "answered_at", "source_updated_at"),
    }
    if row.get("agent"):
        columns["agent_id"] = people.agent(row["agent"])
        columns["names_agent"] = True
    return columns


class InvitationFacts(TableFacts):
    """Invitations find their tickets, and the agents of these, as answers do."""

    def load(self, found: Any, rows: Any, people: People, **how: Any) -> Counts:
        counts = TableFacts.load(self, found, rows, people, **how)
        if not how["dry"]:
            link_answers(found.plan.source)
        return counts


# --- recorded values


def _recorded(check: TableCheck, row: Row) -> str:
    code = code_of(row["item"])
    if code is None:
        raise check.refused("item", row["item"], "not_a_code")
    row["item"] = code
    has_agent, has_department = bool(row.get("agent")), row.get("department_id") is not None
    if has_agent:  # the department beside an employee only says where they are
        row["department_id"] = None
    elif not has_department:
        raise check.refused("agent", "", "one_of_two")
    check.someone(row, "agent", row["effective_on"])
    row["origin"] = row.get("origin") or check.plan.source or check.file_name
    row["evidence"] = row.get("evidence") or check.file_name
    whom = row.get("agent") or row["department_id"]
    return f"{code} {whom} {row['effective_on']}"


def _recorded_columns(row: Row, people: People, source: str) -> dict[str, Any]:
    return {
        "effective_on": row["effective_on"],
        "item": row["item"],
        "employee_id": people.agent(row["agent"]) if row.get("agent") else None,
        "department_id": row.get("department_id"),
        "value": row["value"],
        "source": row["origin"][:100],
        "evidence": row["evidence"][:500],
        "recorded_by_id": people.by.pk if people.by else None,
        "recorded_at": timezone.now(),
    }


FACTS: Mapping[str, TableFacts] = {
    facts.kind: facts
    for facts in (
        InvitationFacts(
            INVITATIONS, _invitation, _invitation_columns,
            Target(
                SurveyInvitation,
                ("external_id", "source"),
                {"external_id": "", "source": "", "ticket_external_id": "", "agent_id": None,
                 "names_agent": False, "channel": "", "invited_at": None, "answered_at": None,
                 "source_updated_at": None, "last_import_id": None},
            ),
        ),
        TableFacts(
            RECORDED, _recorded, _recorded_columns,
            Target(
                RecordedValue,
                ("effective_on", "item", "employee_id", "department_id"),
                {"effective_on": None, "item": "", "employee_id": None, "department_id": None,
                 "value": None, "source": "", "evidence": "", "recorded_by_id": None,
                 "recorded_at": None, "last_import_id": None},
                kept=frozenset({"last_import_id", "recorded_by_id", "recorded_at"}),
            ),
        ),
    )
}  # fmt: skip
