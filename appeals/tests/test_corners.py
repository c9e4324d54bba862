"""The rest of the doors: small pages, refusals and the command."""

from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from appeals import deadlines, queries, workflow
from appeals.errors import AppealIncomplete
from appeals.management.commands import appeals_diagram
from appeals.models import Appeal, State
from appeals.services import arbitration, filing
from appeals.tests import factories as make
from appeals.tests.factories import NOW, make_case, make_evidence, make_world
from appraisal.models import Acknowledgement
from appraisal.tests.factories import card_of
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def browse(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def address(name: str, appeal: Appeal, *more: object) -> str:
    return reverse(f"appeals:{name}", args=[appeal.number, *more])


def test_a_draft_is_opened_and_deleted() -> None:
    case = make_world()
    client = browse(case.agent)
    row = make_evidence(case)

    assert client.get(address("edit", case.appeal)).status_code == 200
    assert client.post(address("delete-evidence", case.appeal, row.pk)).status_code == 303
    saved = client.post(address("edit", case.appeal), {"act": "save", "statement": "x"})
    assert saved["Location"] == address("edit", case.appeal)
    wrong = client.post(address("edit", case.appeal), {"topics": ["nonsense"]})
    assert wrong.status_code == 422
    assert client.post(address("delete", case.appeal)).status_code == 303
    assert not Appeal.objects.exists()


def test_a_draft_of_a_re_evaluated_card_offers_its_lines_only() -> None:
    case = make_case("reevaluated")
    second = filing.start(card_of(case.agent), by=case.agent, at=NOW)

    response = browse(case.agent).get(address("edit", second))

    assert [row[0].position for row in response.context["lines"]] == [1]


def test_a_file_that_is_refused_is_told_and_nothing_else_is_lost() -> None:
    case = make_world()
    client = browse(case.agent)
    bad = {"act": "attach", "statement": "说明", "file": SimpleUploadedFile("a.pdf", b"MZ\0")}

    response = client.post(address("edit", case.appeal), bad)

    assert response.status_code == 422
    assert case.reload().statement == "说明"


def test_files_are_added_after_filing() -> None:
    case = make_case("submitted")
    client, to = browse(case.agent), address("add-evidence", case.appeal)

    client.post(to, {"file": SimpleUploadedFile("a.txt", b"x"), "for_parties": "on"})
    client.post(to, {})
    client.post(to, {"file": SimpleUploadedFile("a.txt", b"x")})

    assert case.appeal.evidence.count() == 1
    refused = browse(case.reviewer).post(to, {"file": SimpleUploadedFile("b.txt", b"y")})
    assert refused.status_code == 403


def test_an_open_appeal_is_withdrawn_and_not_begun_again() -> None:
    case = make_case("submitted")
    client, start = browse(case.agent), reverse("appeals:start", args=[case.appeal.scorecard_id])
    assert client.post(start).status_code == 409

    assert client.post(address("withdraw", case.appeal), {"reason": ""}).status_code == 303
    assert client.post(address("withdraw", case.appeal), {"reason": ""}).status_code == 409
    assert case.reload().state == State.WITHDRAWN


def test_names_are_given_through_the_pages() -> None:
    case = make_case("submitted")
    lead = browse(case.lead)
    assert lead.post(address("assign", case.appeal), {"user": case.lead.pk}).status_code == 303
    assert lead.post(address("assign", case.appeal), {"user": case.agent.pk}).status_code == 422
    assert case.reload().reviewer == case.lead
    review = {
        f"{part}_{question}": value
        for question in ("objective", "weights", "procedure")
        for part, value in (("kept", "no"), ("reason", "已核对"))
    }
    lead.post(address("review", case.appeal), review)
    lead.post(address("name-evaluator", case.appeal), {"user": case.evaluator.pk})
    line = case.lines[0]
    evaluated = browse(case.evaluator).post(
        address("re-evaluate", case.appeal),
        {"reason_code": "procedure", "reason": "x", f"points_{line.pk}": "abc"},
    )
    assert evaluated.status_code == 422
    browse(case.evaluator).post(
        address("re-evaluate", case.appeal),
        {"reason_code": "procedure", "reason": "x", f"points_{line.pk}": "90"},
    )
    assert case.reload().state == State.REEVALUATED


def test_an_appeal_is_not_admitted_through_the_pages() -> None:
    case = make_case("submitted")

    browse(case.reviewer).post(
        address("reject", case.appeal), {"because": "not_own", "reason": "非本人"}
    )

    assert case.reload().state == State.INADMISSIBLE


def test_late_admission_needs_a_reason() -> None:
    case = make_world()
    to = reverse("appeals:admit-late", args=[case.appeal.scorecard_id])

    assert browse(case.lead).post(to, {"reason": ""}).status_code == 400


def test_only_the_own_card_is_appealed() -> None:
    case = make_world()
    to = reverse("appeals:start", args=[case.appeal.scorecard_id])

    assert browse(case.supervisor).post(to).status_code == 403


@pytest.mark.parametrize("choice", ["", "abstain"])
def test_a_vote_is_for_or_against(choice: str) -> None:
    case = make_case("arbitration")

    with pytest.raises(AppealIncomplete):
        arbitration.vote(
            case.appeal, choice=choice, figures={}, reasons="x", by=case.panel[0], at=NOW
        )


def test_a_line_of_another_card_is_not_disputed() -> None:
    case = make_world()

    with pytest.raises(AppealIncomplete):
        filing.save_draft(
            case.appeal, topics=[], grounds=[], statement="", request="", claims={0: "x"},
            by=case.agent, at=NOW,
        )  # fmt: skip


def test_a_closed_period_is_not_appealed() -> None:
    case = make_world()
    make.fill(case)
    period = case.appeal.period
    type(period).objects.filter(pk=period.pk).update(state="closed")

    with pytest.raises(DomainError, match="2026-10"):
        filing.file(case.appeal, by=case.agent, at=NOW)


def test_a_card_that_was_not_delivered_has_no_window() -> None:
    case = make_world()
    Acknowledgement.objects.all().delete()
    card = card_of(case.agent)

    assert deadlines.window_end(card) is None
    assert not deadlines.windows_open(case.appeal.period, NOW.date())
    make.fill(case)
    with pytest.raises(DomainError):
        filing.file(case.appeal, by=case.agent, at=NOW)


def test_a_panel_is_wanted() -> None:
    case = make_case("arbitration")
    case.appeal.panel.all().delete()

    assert queries.waiting_for(case.chair, NOW)


def test_an_evaluator_is_wanted() -> None:
    case = make_case("submitted")
    make.find_violated(case)

    assert queries.waiting_for(case.lead, NOW)


def test_rows_are_named_by_what_they_are() -> None:
    case = make_case("changed")

    assert str(case.appeal) == case.appeal.number
    for name in ("steps", "findings", "panel", "disputed"):
        assert str(getattr(case.appeal, name).first())
    assert str(case.appeal.meeting) and str(case.appeal.meeting.confirmations.first())
    assert str(case.appeal.meeting.proposals.first())


def test_the_command_writes_the_diagram(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page, out = tmp_path / "page.md", StringIO()
    page.write_text("# x\n\n```mermaid\nold\n```\n")
    monkeypatch.setattr(appeals_diagram, "PAGE", page)

    call_command("appeals_diagram", stdout=out)
    call_command("appeals_diagram", "--print", stdout=out)

    assert workflow.diagram() in page.read_text() and workflow.diagram() in out.getvalue()
    page.write_text("nothing")
    with pytest.raises(CommandError):
        call_command("appeals_diagram")
