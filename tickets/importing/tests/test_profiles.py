"""Exports of known help desks go in unaided: recognised, mapped, with the right instants."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tickets.importing.profiles import PROFILES
from tickets.importing.tests.factories import run_command
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

FRESHDESK = """Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,\
Resolved time,Closed time,Last update time,Initial response time,Time tracked,\
First response time (in hrs),Resolution time (in hrs),Agent interactions,Tags,Full name,Email
101,Refund,Closed,High,Phone,Refund,Li Wei,Billing,2026-10-12 10:00:00,2026-10-13 10:00:00,\
2026-10-12 12:00:00,2026-10-14 12:00:00,2026-10-14 12:00:00,2026-10-12 10:05:00,0.5,0.08,2,3,\
"vip, refund",Zhang San,zs@example.com
102,Login,Open,Low,Email,Question,Wang Fang,Support,2026-10-12 11:00:00,,,,\
2026-10-12 11:00:00,,,,,0,,Li Si,ls@example.com
"""
ZAMMAD = """#,Title,State,Priority,Group,Owner,Customer,Organization,Create Channel,Sender,Tags,\
Time Units Total,Created At,Updated At,Closed At,Close Escalation At,Close In Min,\
First Response At,First Response In Min,Article Count
31001,Broken,closed,2 normal,Users,Li Wei,zs@example.com,-,phone,Customer,,,\
2026-10-12 10:00:00,2026-10-12 13:00:00,2026-10-12 12:00:00,2026-10-12 18:00:00,120,\
2026-10-12 10:05:00,5,3
31002,Open one,open,3 high,Users,Wang Fang,ls@example.com,-,email,Customer,,,\
2026-10-12 11:00:00,2026-10-12 11:30:00,,,,,,1
"""
CHATWOOT = """display_id,inbox,channel,status,assignee,team,contact,created_at,\
first_reply_created_at,resolved_at,updated_at,priority,labels,csat_rating,csat_feedback,csat_at
7,Web,Channel::WebWidget,resolved,Li Wei,Support,zs@example.com,2026-10-12 10:00:00,\
2026-10-12 10:05:00,2026-10-12 12:00:00,2026-10-12 12:00:00,high,vip,4,fine,2026-10-13 09:00:00
8,Mail,Channel::Email,open,Wang Fang,Support,ls@example.com,2026-10-12 11:00:00,,,\
2026-10-12 11:00:00,,,,,
"""
OSTICKET = """Ticket Number,Date Created,Subject,From,From Email,Priority,Department,Help Topic,\
Source,Current Status,Last Updated,SLA Due Date,Overdue,Answered,Agent Assigned,Team Assigned,\
Thread Count,Reopen Count,Closed Date
551200,2026-10-12 10:00:00,Bill,Zhang San,zs@example.com,High,Billing,Invoices,Phone,Closed,\
2026-10-12 12:30:00,2026-10-13 10:00:00,No,Yes,Li Wei,,4,1,2026-10-12 12:00:00
551201,2026-10-12 11:00:00,Bill,Li Si,ls@example.com,Low,Billing,Invoices,Email,Open,\
2026-10-12 11:00:00,,No,No,Wang Fang,,1,0,
"""
JIRA = """Issue key,Issue id,Summary,Status,Priority,Project name,Issue Type,Assignee,Reporter,\
Created,Updated,Resolved,Labels,Labels,Custom field (Request Type),\
Custom field ([CHART] Date of First Response),Satisfaction rating
SUP-1,10001,Bill,Resolved,High,Support,Incident,Li Wei,zs@example.com,12/Oct/26 10:00 AM,\
12/Oct/26 12:00 PM,12/Oct/26 12:00 PM,a,b,Billing,12/Oct/26 10:05 AM,5
SUP-2,10002,Other,Waiting for support,Low,Support,Service Request,Wang Fang,ls@example.com,\
12/Oct/26 11:00 AM,12/Oct/26 11:00 AM,,,,Billing,,
"""
SERVICENOW = """Number,Opened,Short description,Caller,Priority,State,Category,Assignment group,\
Assigned to,Updated,Resolved,Closed,Reassignment count,Reopen count,Contact type
INC001,2026-10-12 10:00:00,Disk,Zhang San,2 - High,Closed,Hardware,Desk,Li Wei,\
2026-10-15 12:00:00,2026-10-12 12:00:00,2026-10-15 12:00:00,1,0,Phone
INC002,2026-10-12 11:00:00,Disk,Li Si,3 - Moderate,In Progress,?,Desk,Wang Fang,\
2026-10-12 11:10:00,,,0,0,Email
"""

EXPORTS = {
    "freshdesk": (FRESHDESK, "101", "102"),
    "zammad": (ZAMMAD, "31001", "31002"),
    "chatwoot": (CHATWOOT, "7", "8"),
    "osticket": (OSTICKET, "551200", "551201"),
    "jira_service_management": (JIRA, "SUP-1", "SUP-2"),
    "servicenow": (SERVICENOW, "INC001", "INC002"),
}
WITHOUT_FIRST_RESPONSE = {"osticket", "servicenow"}


def at(hour: int, minute: int = 0) -> datetime:
    zone = ZoneInfo("Asia/Shanghai")
    return datetime(2026, 10, 12, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("key", EXPORTS)
def test_an_export_goes_in_unaided(key: str, tmp_path: Path) -> None:
    text, done, waiting = EXPORTS[key]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")

    code, document, error = run_command("import_tickets", path, "--create-agents")

    assert (code, error) == (0, "")
    assert (document["profile"], document["source"]) == (key, key)
    assert (document["created"], document["rejected"]) == (2, 0)
    ticket = Ticket.objects.get(external_id=done)
    assert ticket.agent is not None
    assert ticket.agent.name == "Li Wei"
    assert (ticket.created_at, ticket.resolved_at) == (at(10), at(12))
    if key not in WITHOUT_FIRST_RESPONSE:
        assert ticket.first_response_at == at(10, 5)
    assert ticket.status in ("resolved", "closed")
    other = Ticket.objects.get(external_id=waiting)
    assert (other.status, other.resolved_at) == ("open", None)


@pytest.mark.parametrize("key", EXPORTS)
def test_the_same_export_again_changes_nothing(key: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(EXPORTS[key][0], encoding="utf-8")
    run_command("import_tickets", path, "--create-agents")

    _code, document, _error = run_command("import_tickets", path, "--create-agents")

    assert (document["unchanged"], document["created"], document["updated"]) == (2, 0, 0)


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("freshdesk", "channel", "hotline"),
        ("freshdesk", "kind", "refund_dispute"),
        ("freshdesk", "handle_seconds", 1800),
        ("freshdesk", "contacts", 3),
        ("zammad", "channel", "hotline"),
        ("chatwoot", "channel", "chat"),
        ("osticket", "reopens", 1),
        ("osticket", "category", "Invoices"),
        ("jira_service_management", "kind", "repair"),
        ("jira_service_management", "category", "Billing"),
        ("servicenow", "transfers", 1),
        ("servicenow", "channel", "hotline"),
    ],
)
def test_values_are_understood(key: str, name: str, value: object, tmp_path: Path) -> None:
    text, done, _waiting = EXPORTS[key]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    run_command("import_tickets", path, "--create-agents")

    assert getattr(Ticket.objects.get(external_id=done), name) == value


def test_no_two_products_claim_the_same_export() -> None:
    signatures = [set(profile.signature) for profile in PROFILES.values() if profile.signature]

    assert not [
        (one, other) for one in signatures for other in signatures if one is not other
        and one <= other
    ]  # fmt: skip
