"""The four sample exports through the commands, untouched. Source: 13-contracts."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count, Q, Sum

from surveys.models import SatisfactionAnswer
from tickets.models import Import, Ticket

SAMPLES = Path(os.environ.get("KPI_SAMPLE_DIR", str(settings.BASE_DIR.parent / "shared" / "data")))
QIYU = SAMPLES / "qiyu_workorders_zh"
WEEK, OTHER = QIYU / "企业工单导出-一周.xls", QIYU / "企业工单导出-115.xls"
GBK = QIYU / "gongdan_week_gbk.csv"
SHOP = SAMPLES / "shopzilla_csat" / "Customer_support_data_sample20.csv.gz"
CALLS = SAMPLES / "pwc_call_center" / "01 Call-Center-Dataset.xlsx"
ZENDESK = SAMPLES / "zendesk_small" / "zendesk_tickets.csv"
KAGGLE = SAMPLES / "kaggle_support_tickets" / "customer_support_tickets.csv.gz"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real_exports,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample exports in {SAMPLES}"),
]


def run(command: str, path: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    options = {"create_agents": True, "json": True, **options}
    call_command(command, str(path), stdout=out, stderr=StringIO(), **options)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def counts(document: dict[str, Any]) -> tuple[int, int, int, int, int]:
    names = ("rows", "created", "updated", "unchanged", "rejected")
    return tuple(document[name] for name in names)


def facts() -> list[Any]:
    hidden = ("id", "last_import_id", "agent_id", "first_agent_id", "first_owner_id")
    names = [
        field.attname for field in Ticket._meta.concrete_fields if field.attname not in hidden
    ]
    people = ("agent__number", "first_agent__number", "first_owner__number")
    return list(Ticket.objects.order_by("external_id").values_list(*names, *people))


def test_the_weekly_work_orders_and_their_second_export() -> None:
    week = run("import_tickets", WEEK)

    assert counts(week) == (351, 351, 0, 0, 0)
    assert (week["source"], week["profile"], week["encoding"]) == ("qiyu", "qiyu", "xls")
    assert counts(run("import_tickets", WEEK)) == (351, 0, 0, 351, 0)
    assert counts(run("import_tickets", OTHER)) == (79, 0, 2, 77, 0)
    assert counts(run("import_tickets", OTHER)) == (79, 0, 0, 79, 0)
    assert counts(run("import_tickets", WEEK)) == (351, 0, 0, 351, 0)


def test_the_order_of_the_two_exports_does_not_matter() -> None:
    run("import_tickets", WEEK)
    run("import_tickets", OTHER)
    one = facts()
    Ticket.objects.all().delete()

    assert counts(run("import_tickets", OTHER)) == (79, 79, 0, 0, 0)
    assert counts(run("import_tickets", WEEK)) == (351, 272, 0, 79, 0)

    assert facts() == one


def test_the_same_work_orders_as_gbk_csv() -> None:
    run("import_tickets", WEEK)
    one = facts()
    Ticket.objects.all().delete()

    document = run("import_tickets", GBK)

    assert (counts(document), document["encoding"]) == ((351, 351, 0, 0, 0), "gb18030")
    assert facts() == one


def test_work_orders_are_resolved_only_when_they_are_done() -> None:
    run("import_tickets", WEEK)

    figures = Ticket.objects.aggregate(
        resolved=Count("pk", filter=Q(resolved_at__isnull=False)),
        unanswered=Count("pk", filter=Q(first_response_at__isnull=True)),
        reopened=Count("pk", filter=Q(reopens=1)),
        resolved_by_status=Count("pk", filter=Q(status="resolved")),
    )
    # 28 orders with two completion times, 2 open ones with one; one may be both.
    assert figures["resolved"] == figures["resolved_by_status"] == 301
    assert figures["unanswered"] == 2
    assert 28 <= figures["reopened"] <= 30
    assert Ticket.objects.filter(agent__number="陶雅(策划)").count() >= 0
    assert not Ticket.objects.filter(agent__number__contains="（").exists()


def test_the_shop_contacts_and_their_satisfaction() -> None:
    tickets = run("import_tickets", SHOP)
    answers = run("import_satisfaction", SHOP)

    assert counts(tickets) == counts(answers) == (17182, 17182, 0, 0, 0)
    assert tickets["source"] == answers["source"]
    contradictory = Ticket.objects.filter(frt_s=None, first_response_at__isnull=False)
    assert contradictory.count() == 635
    assert SatisfactionAnswer.objects.filter(ticket__isnull=False).count() == 17182
    sums = SatisfactionAnswer.objects.aggregate(Sum("score_e4"))
    expected = 1 * 2241 + 2 * 227 + 3 * 503 + 4 * 2277 + 5 * 11934
    assert sums["score_e4__sum"] == expected * 10_000
    assert counts(run("import_tickets", SHOP)) == (17182, 0, 0, 17182, 0)
    assert counts(run("import_satisfaction", SHOP)) == (17182, 0, 0, 17182, 0)


def test_the_calls_and_their_ratings_in_either_order() -> None:
    answers = run("import_satisfaction", CALLS)
    tickets = run("import_tickets", CALLS)

    assert counts(tickets) == (5000, 5000, 0, 0, 0)
    # 946 calls were not answered and so not rated: nothing changes by them.
    assert counts(answers) == (5000, 4054, 0, 946, 0)
    assert SatisfactionAnswer.objects.filter(ticket__isnull=False).count() == 4054
    figures = Ticket.objects.aggregate(
        unanswered=Count("pk", filter=Q(first_response_at__isnull=True)),
        resolved=Count("pk", filter=Q(resolved_at__isnull=False)),
    )
    assert figures == {"unanswered": 946, "resolved": 3646}
    call = Ticket.objects.get(external_id="ID0001")
    assert (call.frt_s, call.handle_seconds, call.active_s, call.full_s) == (109, 143, 143, 252)
    assert call.created_at.isoformat() == "2021-01-01T01:12:58+00:00"
    assert counts(run("import_satisfaction", CALLS)) == (5000, 0, 0, 5000, 0)


def test_the_tickets_with_response_times_in_hours() -> None:
    document = run("import_tickets", ZENDESK)

    assert counts(document) == (50, 50, 0, 0, 0)
    ticket = Ticket.objects.get(external_id="TICKET-1001")
    assert (ticket.frt_s, ticket.full_s) == (6 * 3600, 62 * 3600)
    assert Ticket.objects.filter(resolved_at__isnull=False).count() == 37


def test_a_file_without_creation_times_is_refused_with_its_columns() -> None:
    with pytest.raises(CommandError, match="created_at") as refusal:
        run("import_tickets", KAGGLE, source="shop")

    assert refusal.value.returncode == 2


def test_every_import_is_kept_with_its_file() -> None:
    run("import_tickets", ZENDESK)

    kept = Import.objects.get()
    assert (kept.state, kept.rows, kept.created) == ("done", 50, 50)
    assert kept.file is not None and kept.file_sha256 == kept.file.sha256


def test_a_dry_run_leaves_no_trace() -> None:
    document = run("import_tickets", WEEK, dry_run=True)

    assert counts(document) == (351, 351, 0, 0, 0)
    assert document["dry_run"] is True
    assert not Ticket.objects.exists() and not Import.objects.exists()


def test_unknown_agents_reject_every_row_without_the_option() -> None:
    with pytest.raises(CommandError) as refusal:
        run("import_tickets", ZENDESK, create_agents=False)

    assert refusal.value.returncode == 2
    assert not Ticket.objects.exists()
