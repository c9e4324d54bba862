"""Options, JSON and exit codes of the commands."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kpi_portal.people.tests.factories import make_employee
from surveys.models import SatisfactionAnswer
from tickets.importing.tests.factories import HEADER, ROW, make_csv
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

SHAPE = ["rows", "created", "updated", "unchanged", "rejected", "rejections", "source", "profile",
         "encoding", "dry_run"]  # fmt: skip


def run(command: str, path: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """(exit code, document, error)."""
    out = StringIO()
    try:
        call_command(command, str(path), "--json", *options, stdout=out, stderr=StringIO())
    except CommandError as error:
        text = out.getvalue()
        return error.returncode, json.loads(text) if text else {}, str(error)
    return 0, json.loads(out.getvalue()), ""


def test_the_document_has_exactly_its_shape(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW)

    code, document, _error = run("import_tickets", path, "--source", "desk", "--create-agents")

    assert code == 0
    assert list(document) == SHAPE
    assert document == {
        "rows": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "rejections": [],
        "source": "desk", "profile": "plain-zh", "encoding": "utf-8", "dry_run": False,
    }  # fmt: skip


def test_some_rejected_rows_are_exit_1(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW, "T2,李伟,2026-13-02,")
    make_employee("E1", "李伟")

    code, document, _error = run("import_tickets", path, "--source", "desk")

    assert code == 1
    rejection = document["rejections"][0]
    assert {name: rejection[name] for name in ("row", "column", "value")} == {
        "row": 3, "column": "创建时间", "value": "2026-13-02",
    }  # fmt: skip
    assert "2026-13-02" in rejection["reason"]


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (["T2,李伟,2026-13-02,"], ["--source", "desk"]),
        ([ROW], []),
        ([ROW], ["--source", "desk", "--map", "nonsense=客服"]),
        ([ROW], ["--source", "desk", "--map", "agent=nowhere"]),
        ([ROW], ["--source", "desk", "--map", "agent"]),
        ([ROW], ["--source", "desk", "--timezone", "Mars/Base"]),
        ([ROW], ["--source", "desk", "--encoding", "klingon"]),
        ([ROW], ["--source", "desk", "--header-row", "9"]),
        ([ROW], ["--source", "desk", "--value", "kind"]),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_nothing_done_is_exit_2(
    rows: list[str], options: list[str], dry: list[str], tmp_path: Path
) -> None:
    code, _document, error = run("import_tickets", make_csv(tmp_path / "a.csv", *rows), *options,
                                 *dry)  # fmt: skip

    assert code == 2 and error
    assert not Ticket.objects.exists()


def test_a_file_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    assert run("import_tickets", tmp_path / "none.csv", "--source", "desk")[0] == 2


def test_columns_and_values_can_be_chosen(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "7,2026-10-12,催单,李", header="nr,when,what,who")

    code, _document, _error = run(
        "import_tickets", path, "--source", "desk", "--create-agents", "--map", "external_id=nr",
        "--map", "created_at=when", "--map", "kind=what", "--map", "agent=who",
        "--value", "kind:催单=complaint", "--value", "agent:李=李伟", "--timezone", "UTC",
    )  # fmt: skip

    ticket = Ticket.objects.select_related("agent").get()
    assert code == 0
    assert (ticket.external_id, ticket.kind) == ("7", "complaint")
    assert ticket.agent and ticket.agent.number == "李伟"
    assert ticket.created_at.hour == 0


def test_a_field_can_be_taken_out(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW)

    run("import_tickets", path, "--source", "desk", "--map", "agent=")

    ticket = Ticket.objects.get()
    assert ticket.agent is None


def test_the_scale_must_be_known(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "T1,4,2026-10-12", header="工单号,满意度,评价时间")

    assert run("import_satisfaction", path, "--source", "desk")[0] == 2
    assert run("import_satisfaction", path, "--source", "desk", "--scale", "5")[0] == 0
    answer = SatisfactionAnswer.objects.get()
    assert (answer.score_e4, answer.scale, answer.ticket_external_id) == (40_000, 5, "T1")


def test_scores_off_the_scale_are_rejected_and_blanks_are_no_answers(tmp_path: Path) -> None:
    rows = ["T1,6,2026-10-12", "T2,,2026-10-12", "T3,好,2026-10-12", "T4,5,2026-10-12"]
    path = make_csv(tmp_path / "a.csv", *rows, header="工单号,满意度,评价时间")

    code, document, _error = run("import_satisfaction", path, "--source", "desk", "--scale", "5")

    assert code == 1
    assert [document[name] for name in SHAPE[:5]] == [4, 1, 0, 1, 2]
    assert [each["row"] for each in document["rejections"]] == [2, 4]


def test_a_text_that_is_no_answer_can_be_named(tmp_path: Path) -> None:
    path = make_csv(
        tmp_path / "a.csv", "T1,未评价,2026-10-12", "T2,满意,2026-10-12",
        header="工单号,满意度,评价时间",
    )  # fmt: skip

    code, document, _error = run(
        "import_satisfaction", path, "--source", "desk", "--scale", "5",
        "--value", "score:未评价=", "--value", "score:满意=5",
    )  # fmt: skip

    assert (code, document["created"], document["unchanged"]) == (0, 1, 1)


def test_answers_find_their_tickets_and_agents_in_either_order(tmp_path: Path) -> None:
    answers = make_csv(tmp_path / "s.csv", "T1,5,2026-10-13", header="工单号,满意度,评价时间")
    tickets = make_csv(tmp_path / "t.csv", ROW, header=HEADER)
    run("import_satisfaction", answers, "--source", "desk", "--scale", "5")
    assert SatisfactionAnswer.objects.get().ticket is None

    run("import_tickets", tickets, "--source", "desk", "--create-agents")

    answer = SatisfactionAnswer.objects.select_related("ticket", "agent").get()
    assert answer.ticket and answer.ticket.external_id == "T1"
    assert answer.agent and answer.agent.number == "李伟"
