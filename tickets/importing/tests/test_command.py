"""Options, JSON and exit codes of the commands."""

from pathlib import Path

import pytest

from kpi_portal.people.tests.factories import make_employee
from tickets.importing.tests.factories import ROW, make_csv, run_command
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

SHAPE = ["rows", "created", "updated", "unchanged", "rejected", "rejections", "source", "profile",
         "encoding", "dry_run"]  # fmt: skip


def test_the_document_has_exactly_its_shape(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW)

    code, document, _error = run_command(
        "import_tickets", path, "--source", "desk", "--create-agents"
    )

    assert code == 0
    assert list(document) == SHAPE
    assert document == {
        "rows": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "rejections": [],
        "source": "desk", "profile": "plain-zh", "encoding": "utf-8", "dry_run": False,
    }  # fmt: skip


def test_some_rejected_rows_are_exit_1(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW, "T2,李伟,2026-13-02,")
    make_employee("E1", "李伟")

    code, document, _error = run_command("import_tickets", path, "--source", "desk")

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
    path = make_csv(tmp_path / "a.csv", *rows)

    code, _document, error = run_command("import_tickets", path, *options,
                                 *dry)  # fmt: skip

    assert code == 2 and error
    assert not Ticket.objects.exists()


def test_a_file_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    assert run_command("import_tickets", tmp_path / "none.csv", "--source", "desk")[0] == 2


def test_columns_and_values_can_be_chosen(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "7,2026-10-12,催单,李", header="nr,when,what,who")

    code, _document, _error = run_command(
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

    run_command("import_tickets", path, "--source", "desk", "--map", "agent=")

    ticket = Ticket.objects.get()
    assert ticket.agent is None
