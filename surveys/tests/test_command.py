"""The command import_satisfaction: scale, scores, blanks, links."""

from pathlib import Path

import pytest

from surveys.models import SatisfactionAnswer
from tickets.importing.tests.factories import HEADER, ROW, make_csv, run_command

pytestmark = pytest.mark.django_db

COUNTS = ("rows", "created", "updated", "unchanged", "rejected")


def test_the_scale_must_be_known(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "T1,4,2026-10-12", header="工单号,满意度,评价时间")

    assert run_command("import_satisfaction", path, "--source", "desk")[0] == 2
    assert run_command("import_satisfaction", path, "--source", "desk", "--scale", "5")[0] == 0
    answer = SatisfactionAnswer.objects.get()
    assert (answer.score_e4, answer.scale, answer.ticket_external_id) == (40_000, 5, "T1")


def test_scores_off_the_scale_are_rejected_and_blanks_are_no_answers(tmp_path: Path) -> None:
    rows = ["T1,6,2026-10-12", "T2,,2026-10-12", "T3,好,2026-10-12", "T4,5,2026-10-12"]
    path = make_csv(tmp_path / "a.csv", *rows, header="工单号,满意度,评价时间")

    code, document, _error = run_command(
        "import_satisfaction", path, "--source", "desk", "--scale", "5"
    )

    assert code == 1
    assert [document[name] for name in COUNTS] == [4, 1, 0, 1, 2]
    assert [each["row"] for each in document["rejections"]] == [2, 4]


def test_a_text_that_is_no_answer_can_be_named(tmp_path: Path) -> None:
    path = make_csv(
        tmp_path / "a.csv", "T1,未评价,2026-10-12", "T2,满意,2026-10-12",
        header="工单号,满意度,评价时间",
    )  # fmt: skip

    code, document, _error = run_command(
        "import_satisfaction", path, "--source", "desk", "--scale", "5",
        "--value", "score:未评价=", "--value", "score:满意=5",
    )  # fmt: skip

    assert (code, document["created"], document["unchanged"]) == (0, 1, 1)


def test_answers_find_their_tickets_and_agents_in_either_order(tmp_path: Path) -> None:
    answers = make_csv(tmp_path / "s.csv", "T1,5,2026-10-13", header="工单号,满意度,评价时间")
    tickets = make_csv(tmp_path / "t.csv", ROW, header=HEADER)
    run_command("import_satisfaction", answers, "--source", "desk", "--scale", "5")
    assert SatisfactionAnswer.objects.get().ticket is None

    run_command("import_tickets", tickets, "--source", "desk", "--create-agents")

    answer = SatisfactionAnswer.objects.select_related("ticket", "agent").get()
    assert answer.ticket and answer.ticket.external_id == "T1"
    assert answer.agent and answer.agent.number == "李伟"
