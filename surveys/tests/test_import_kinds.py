"""The one import page takes every kind of file: recognised, shown, run by the job that is its."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kpi_portal.people.models import User
from surveys.importing import job as of_people
from tickets.importing import job as of_tickets
from tickets.importing import services
from tickets.importing.checking import no_progress
from tickets.models import Import

pytestmark = pytest.mark.django_db

FACTS = {**of_tickets.FACTS, **of_people.FACTS}


def test_every_kind_has_its_facts_and_job() -> None:
    assert set(FACTS) == set(Import.Kind.values)
    for kind in Import.Kind.values:
        module = of_people if Import(kind=kind).job_kind == "surveys.import" else of_tickets
        assert kind in module.FACTS


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("orders", "日期,部门,订单数", "2026-10-01,{department},5"),
        ("contacts", "日期,渠道,呼入量,接通量", "2026-10-01,热线,5,4"),
        ("recorded", "项目,工号,月份,数值,依据", "出勤率,{agent},2026-10,98,考勤导出"),
        ("leave", "工号,开始日期,结束日期", "{agent},2026-10-01,2026-10-02"),
    ],
)
def test_a_file_is_shown_and_imported(
    client: Client, agent: User, hr: User, kind: str, header: str, row: str
) -> None:
    assert agent.employee is not None
    department = agent.employee.assignments.get().department
    line = row.format(agent=agent.employee.number, department=department.code)
    at = timezone.now()
    kept = services.upload(kind, BytesIO(f"{header}\n{line}\n".encode()), "表.csv", by=hr, at=at)
    client.force_login(hr)

    page = client.get(reverse("tickets:import", args=[kept.pk]))
    services.run(FACTS[kind], kept.pk, "import", at, no_progress)

    assert page.status_code == 200 and not page.context["questions"]
    kept.refresh_from_db()
    assert (kept.state, kept.created, kept.rejected) == ("done", 1, 0)
    assert client.get(reverse("tickets:import", args=[kept.pk])).status_code == 200
