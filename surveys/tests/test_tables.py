"""Invitations, recorded values, assessments and what answers say beyond the score, as files."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpi_portal.people.models import Assignment, Department, Employee
from surveys.models import (
    Assessment,
    AssessmentItem,
    QuestionnaireVersion,
    RecordedValue,
    SatisfactionAnswer,
    SurveyInvitation,
)
from tickets.importing.tests.factories import HEADER, ROW, make_csv, run_command

pytestmark = pytest.mark.django_db

COUNTS = ("rows", "created", "updated", "unchanged", "rejected")


@pytest.fixture(autouse=True)
def staff() -> None:
    department = Department.objects.create(code="ONLINE", name="在线客服")
    for number, name in (("E1", "李伟"), ("E2", "王芳"), ("E3", "质检一")):
        who = Employee.objects.create(number=number, name=name)
        Assignment.objects.create(employee=who, department=department, start_on=date(2026, 1, 1))


def run(path: Path, command: str, header: str, *rows: str, options: Any = ()) -> Any:
    """(exit code, counts, sentences of the rejections)."""
    file = make_csv(path / "file.csv", *rows, header=header)
    code, document, error = run_command(f"import_{command}", file, *options)
    assert document, error
    return (
        code,
        [document[name] for name in COUNTS],
        [each["reason"] for each in document["rejections"]],
    )


# --- invitations


def test_invitations_find_their_tickets_and_agents(tmp_path: Path) -> None:
    tickets = make_csv(tmp_path / "t.csv", ROW, header=HEADER)
    run_command("import_tickets", tickets, "--source", "desk")
    header = "工单号,邀评时间,评价时间,客服"
    rows = ("T1,2026-10-12 12:00:00,2026-10-12 13:00:00,", "T2,2026-10-12 12:00:00,,E2",
            "T3,2026-10-12 12:00:00,2026-10-12 11:00:00,", ",2026-10-12 12:00:00,,",
            "T5,,,")  # fmt: skip
    options = ("--source", "desk")

    code, counts, reasons = run(tmp_path, "invitations", header, *rows, options=options)

    assert (code, counts) == (1, [5, 2, 0, 0, 3])
    first, second = SurveyInvitation.objects.order_by("external_id").select_related("agent")
    assert first.ticket and first.agent and first.agent.number == "E1"
    assert second.ticket is None and second.agent and second.agent.number == "E2"
    assert "11:00:00" in reasons[0]
    assert run(tmp_path, "invitations", header, *rows, options=options)[1] == [5, 0, 0, 2, 3]


# --- recorded values


def test_recorded_values_of_people_and_departments(tmp_path: Path) -> None:
    header = "项目,工号,部门,月份,数值,依据"
    rows = ("出勤率,E1,,2026-10,98.5%,考勤系统导出", "training,,ONLINE,2026年10月,90,",
            "出勤率,E1,在线客服,2026-09-30,97,", "出勤率,,,2026-10,97,", "出 勤,E2,,2026-10,97,",
            "出勤率,E2,,2026-10,九成,", "出勤率,E2,,2026-13,97,", "出勤率,E1,,2026-10-31,1,",
            "加班时长,E2,,2026-10,-3.12345,")  # fmt: skip

    code, counts, reasons = run(tmp_path, "recorded", header, *rows)

    assert (code, counts) == (1, [9, 3, 0, 0, 6])
    first = RecordedValue.objects.get(item="attendance", effective_on=date(2026, 10, 31))
    assert (first.value, first.evidence, first.source) == (
        Decimal("98.5"), "考勤系统导出", "file.csv",
    )  # fmt: skip
    assert RecordedValue.objects.get(item="training").department is not None
    assert RecordedValue.objects.get(effective_on=date(2026, 9, 30)).department is None
    assert len(set(reasons)) == 6
    assert run(tmp_path, "recorded", header, *rows)[1] == [9, 0, 0, 3, 6]
    changed = "出勤率,E1,,2026-10,99,考勤系统导出"
    assert run(tmp_path, "recorded", header, changed)[1] == [1, 0, 1, 0, 0]


# --- assessments

QA = "质检编号,工单号,工号,质检员,质检时间,礼貌用语使用率,耐心倾听,未泄露客户信息"


def test_inspections_are_scored_from_their_items(tmp_path: Path) -> None:
    tickets = make_csv(tmp_path / "t.csv", ROW, header=HEADER)
    run_command("import_tickets", tickets, "--source", "desk")
    rows = ("Q1,T1,E1,质检一,2026-10-13 10:00:00,是,否,是", "Q2,T9,E1,质检一,2026-10-13,是,是,否",
            "Q3,,E1,质检一,2026-10-13,不适用,,", "Q4,,E1,质检一,2026-10-13,,,",
            "Q5,,E1,质检一,2026-10-13,大概,是,是", "Q6,,E1,李伟,2026-10-13,是,是,是"  ,
            "Q7,,E9,质检一,2026-10-13,是,是,是", "Q8,,E1,E1,2026-10-13,是,是,是")  # fmt: skip
    options = ("--source", "qc")

    code, counts, reasons = run(tmp_path, "assessments", QA, *rows, options=options)

    assert (code, counts) == (1, [8, 3, 0, 0, 5])
    first, second, third = Assessment.objects.order_by("external_id")
    assert first.score == 50 and not first.failed_fatal
    assert first.ticket and first.rater and first.rater.number == "E3"
    assert second.score == 0 and second.failed_fatal and second.ticket is None
    assert third.score is None
    assert third.items.get().is_na and first.items.count() == 3
    assert "大概" in reasons[1] and "E9" in reasons[3]
    again = run(tmp_path, "assessments", QA, *rows, options=options)
    assert again[1] == [8, 0, 0, 3, 5]
    changed = "Q1,T1,E1,质检一,2026-10-13 10:00:00,是,是,是"
    assert run(tmp_path, "assessments", QA, changed, options=options)[1][2] == 1
    assert AssessmentItem.objects.filter(assessment=first, passed=True).count() == 3
    assert QuestionnaireVersion.objects.get().questionnaire.key == "qa-service"


def test_exams_are_scores_with_a_scale(tmp_path: Path) -> None:
    header = "工号,考试时间,考试成绩,满分,有效期至"
    rows = ("E1,2026-10-13,135,150,2027-10-12", "E2,2026-10-13,80,100,",
            "E2,2026-10-14,101,100,")  # fmt: skip
    options = ("--source", "exams")

    code, counts, _reasons = run(tmp_path, "assessments", header, *rows, options=options)

    assert (code, counts) == (1, [3, 2, 0, 0, 1])
    first = Assessment.objects.get(subject__number="E1")
    assert first.score == 90 and first.rater_group == "examiner"
    assert first.valid_until == date(2027, 10, 12)
    assert run(tmp_path, "assessments", header, *rows, options=options)[1][3] == 2


def test_reviews_need_a_rater_group_that_fits(tmp_path: Path) -> None:
    header = "问卷,被考核人,评价人,评价关系,提交时间,服务态度,团队协作"
    rows = ("360度评价,E1,,自评,2026-10-13,5,4", "review360,E1,E2,同事,2026-10-13,3,3",
            "360度评价,E1,E2,自评,2026-10-13,3,3", "360度评价,E1,E2,,2026-10-13,3,3",
            "360度评价,E1,E2,亲戚,2026-10-13,3,3", "月考,E1,E2,同事,2026-10-13,3,3",
            "360度评价,E1,E2,同事,2026-10-13,6,3")  # fmt: skip
    options = ("--source", "hr")

    code, counts, reasons = run(tmp_path, "assessments", header, *rows, options=options)

    assert (code, counts) == (1, [7, 2, 0, 0, 5])
    own = Assessment.objects.get(rater_group="self")
    # (5/5 × 25 + 4/5 × 20) / 45
    assert own.rater == own.subject and str(own.score) == "91.1111"
    assert "亲戚" in reasons[2] and "月考" in reasons[3] and "6" in reasons[4]


def test_a_ticket_is_adjudicated_once(tmp_path: Path) -> None:
    header = "质检编号,工单号,工号,质检时间,质检得分,是否仲裁"
    rows = ("Q1,T1,E1,2026-10-13,80,否", "Q2,T1,E1,2026-10-14,85,是", "Q3,T1,E1,2026-10-15,90,是")
    options = ("--source", "qc")

    code, counts, _reasons = run(tmp_path, "assessments", header, *rows, options=options)

    assert (code, counts) == (1, [3, 2, 0, 0, 1])
    assert run(tmp_path, "assessments", header, *rows, options=options)[1] == [3, 0, 0, 2, 1]


def test_a_file_that_does_not_say_what_it_holds_is_refused_row_by_row(tmp_path: Path) -> None:
    code, counts, reasons = run(
        tmp_path, "assessments", "工号,日期,得分", "E1,2026-10-13,80", options=("--source", "x")
    )

    assert (code, counts[4]) == (2, 1) and "质检" in reasons[0]


# --- what answers say beyond the score


def test_answers_with_dimensions_and_likelihood_to_recommend(tmp_path: Path) -> None:
    header = "工单号,评价时间,满意度,NPS,态度评分,效率评分"
    rows = ("T1,2026-10-13,5,9,5,4", "T2,2026-10-13,,10,,", "T3,2026-10-13,,,,3",
            "T4,2026-10-13,,,,", "T5,2026-10-13,5,11,,", "T6,2026-10-13,5,3,7,")  # fmt: skip
    options = ("--source", "desk", "--scale", "5")

    code, counts, reasons = run(tmp_path, "satisfaction", header, *rows, options=options)

    assert (code, counts) == (1, [6, 3, 0, 1, 2])
    first, second, third = SatisfactionAnswer.objects.order_by("external_id")
    assert first.score == 5 and (first.nps, first.dimensions.count()) == (9, 2)
    assert (second.score, second.scale, second.nps) == (None, None, 10)
    assert third.nps is None and third.dimensions.get().score == 3
    assert "NPS" in reasons[0] and "态度评分" in reasons[1]
    assert run(tmp_path, "satisfaction", header, *rows, options=options)[1] == [6, 0, 0, 4, 2]
    changed = "T1,2026-10-13,5,9,5,5"
    assert run(tmp_path, "satisfaction", header, changed, options=options)[1][2] == 1
    assert first.dimensions.get(dimension="efficiency").score == 5


def test_a_file_with_nothing_but_recommendations_needs_no_scale(tmp_path: Path) -> None:
    code, counts, _reasons = run(
        tmp_path, "satisfaction", "工单号,评价时间,推荐意愿", "T1,2026-10-13,9",
        options=("--source", "desk"),
    )  # fmt: skip

    assert (code, counts[1]) == (0, 1)
