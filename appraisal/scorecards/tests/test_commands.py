"""compute_scores, export_scores, verify_scores: shapes, files and exit codes."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from appraisal.models import Period, SchemeVersion
from appraisal.tests.factories import make_active_version, make_period, make_work, publish, run
from kpi_portal.people.models import Department, Employee, User
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

CARD = {
    "agent": "A001", "name": "李伟", "department": "online", "period": "2026-10", "revision": 1,
    "state": "calculated", "status": "scored", "subtotal": "80.56", "coefficient": "1.00",
    "extra": "0.00", "deduction": "0.00", "final": "80.56", "band": "meets",
}  # fmt: skip
LINE = {
    "position": 1, "metric": "frt_mean", "value": "80.0000", "numerator": "240",
    "denominator": "3", "sample": 3, "left_out": 0, "rule": "linear", "points": "75.00",
    "nominal_weight": "60.00", "weight": "60.00", "contribution": "45.00",
    "missing_policy": "redistribute",
}  # fmt: skip


def output(*arguments: str) -> str:
    text = io.StringIO()
    call_command(*arguments, stdout=text)
    return text.getvalue()


@pytest.fixture
def version(agent: User, department: Department) -> SchemeVersion:
    make_work(agent, frt=80, score=4)
    return make_active_version(department)


@pytest.fixture
def period(version: SchemeVersion) -> Period:
    period = make_period()
    run(period)
    return period


def test_compute_scores_makes_the_period_and_counts(version: SchemeVersion) -> None:
    first = json.loads(output("compute_scores", "2026-10", "--json"))
    second = json.loads(output("compute_scores", "2026-10", "--json"))

    assert (first["cards"], first["differences"]) == (2, 2)
    assert second["differences"] == 0
    assert Period.objects.get().code == "2026-10"


@pytest.mark.parametrize("code", ["2026-13", "2999-01", "october"])
def test_compute_scores_refuses_with_code_2(version: SchemeVersion, code: str) -> None:
    with pytest.raises(CommandError) as refused:
        output("compute_scores", code)

    assert refused.value.returncode == 2


def test_compute_scores_refuses_a_published_period(period: Period) -> None:
    publish(period)

    with pytest.raises(CommandError) as refused:
        output("compute_scores", "2026-10")

    assert refused.value.returncode == 2


def test_json_has_the_shape_of_the_contract(period: Period) -> None:
    found = json.loads(output("export_scores", "2026-10", "--format", "json"))

    assert [card["agent"] for card in found] == ["A001", "S001"]
    lines = found[0].pop("lines")
    assert found[0] == CARD
    assert lines[0] == LINE


def test_csv_has_one_row_per_line_and_no_formula(period: Period) -> None:
    Employee.objects.filter(number="A001").update(name="=HYPERLINK(1)")

    text = output("export_scores", "2026-10", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert len(rows) == 4
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    assert (rows[0]["final"], rows[0]["points"]) == ("80.56", "75.00")


def test_xlsx_needs_a_file_and_holds_numbers(period: Period, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        output("export_scores", "2026-10", "--format", "xlsx")
    assert refused.value.returncode == 2

    file = tmp_path / "scores.xlsx"
    output("export_scores", "2026-10", "--format", "xlsx", "--output", str(file))

    head, first, *_rest = load_workbook(file).active.iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert (row["agent"], row["final"], row["contribution"]) == ("A001", 80.56, 45)


def test_export_of_what_was_never_computed_is_refused(db: None) -> None:
    with pytest.raises(CommandError) as refused:
        output("export_scores", "2026-10", "--format", "json")

    assert refused.value.returncode == 2


def test_verify_scores_finds_nothing_in_published_results(period: Period) -> None:
    publish(period)

    found = json.loads(output("verify_scores", "--json"))

    assert (found["cards"], found["lines"], found["differences"]) == (2, 4, [])


def test_verify_scores_reports_records_that_came_late(period: Period, agent: User) -> None:
    publish(period)
    make_work(agent, frt=200, score=None)
    text = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("verify_scores", "2026-10", "--json", stdout=text)

    assert ended.value.code == 1
    differences = json.loads(text.getvalue())["differences"]
    assert {each["source"] for each in differences} == {"records"}
    assert "1.value" in {each["what"] for each in differences}


def test_verify_scores_refuses_a_period_that_is_not_published(period: Period) -> None:
    with pytest.raises(CommandError) as refused:
        output("verify_scores", "2026-10")

    assert refused.value.returncode == 2


def test_late_records_change_no_published_number(period: Period, agent: User) -> None:
    publish(period)
    before = output("export_scores", "2026-10", "--format", "json")

    Ticket.objects.filter(agent=agent.employee).update(frt_s=1)

    assert output("export_scores", "2026-10", "--format", "json") == before
    assert Decimal(json.loads(before)[0]["final"]) == Decimal("80.56")
