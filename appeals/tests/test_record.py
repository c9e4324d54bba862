"""The printable record, the impact on other cards, and the board of due dates."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals import overdue, touching
from appeals.deadlines import ends_at
from appeals.errors import AppealIncomplete
from appeals.models import Evidence
from appeals.services import clock, impact
from appeals.tests import factories as make
from appeals.tests.factories import LATE, NOW, Case, make_case
from appraisal.tests.factories import make_work
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Notice, StoredFile, User
from kpi_portal.people.tests.factories import make_person
from tickets.models import Import, Ticket

pytestmark = pytest.mark.django_db


def get(user: User, name: str, case: Case, **query: str) -> Any:
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(NOW, tick=False):
        client.force_login(user)
        return client.get(reverse(f"appeals:{name}", args=[case.appeal.number]), query)


# --- The record


def test_the_record_is_one_page_whose_digest_can_be_checked() -> None:
    case = make_case("changed")
    row = make_evidence_of(case)

    page = get(case.agent, "record", case).content.decode()
    text = get(case.agent, "record", case, format="json").content

    assert hashlib.sha256(text).hexdigest() in page
    assert row.sha256 in page
    content = json.loads(text)
    assert content["files"] == [{"name": "记录.txt", "size": row.file.size, "sha256": row.sha256}]
    assert content["decision"] == "经合议决定。"
    assert content["steps"][0]["act"] == "file"
    assert Event.objects.filter(act="appeal.record_taken").count() == 2


def make_evidence_of(case: Case) -> Evidence:
    """A file as it was handed in before the case was closed."""
    stored = StoredFile.objects.create(
        name="记录.txt", content_type="text/plain", size=5, sha256="a" * 64, purpose="evidence",
        uploaded_by=case.agent, uploaded_at=NOW,
    )  # fmt: skip
    return Evidence.objects.create(
        appeal=case.appeal, file=stored, sha256="a" * 64, added_by=case.agent, added_at=NOW
    )


def test_one_changed_letter_is_another_digest() -> None:
    case = make_case("changed")
    before = get(case.agent, "record", case, format="json").content
    case.appeal.disputed.update(claim="另一句")
    after = get(case.agent, "record", case, format="json").content

    assert hashlib.sha256(before).digest() != hashlib.sha256(after).digest()


def test_everybody_gets_what_they_may_read_and_no_more() -> None:
    case = make_case("arbitration")
    make.vote_change(case)
    make_person("agent", number="A009")

    inside = json.loads(get(case.panel[0], "record", case, format="json").content)
    outside = json.loads(get(case.agent, "record", case, format="json").content)

    assert len(inside["votes"]) == 3 and outside["votes"] == []
    stranger = User.objects.get(username="a009")
    assert get(stranger, "record", case).status_code == 404
    assert get(case.evaluator, "record", case).status_code == 404


def test_a_draft_and_a_case_of_the_pool_have_no_record() -> None:
    case = make_case("draft")
    assert get(case.agent, "record", case).status_code == 404
    make.file(case)
    other = make_person("hr", number="H009")
    assert get(other, "record", case).status_code == 404


# --- The impact


def span() -> touching.Source:
    return touching.of_span(
        datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC), ""
    )


def with_another() -> Case:
    """The supervisor has a card of the period, too, and tickets of their own."""
    case = make_case("data_recheck")
    assert case.supervisor.employee is not None
    make_work(case.supervisor.employee, frt=75, score=4)
    return case


def test_other_cards_touched_by_a_span_are_listed_and_noted() -> None:
    case = with_another()
    others = touching.cards_touched(case.appeal, span())
    assert others and all(row.card.employee_id != case.appeal.employee_id for row in others)
    finals = {row.card.pk: row.card.final for row in others}

    impact.note_impact(case.appeal, span(), note="批量导入有误", by=case.reviewer, at=NOW)

    kept = case.reload().impact
    assert [row["number"] for row in kept["cards"]] == [r.card.employee.number for r in others]
    assert kept["note"] == "批量导入有误"
    assert {
        row.card.pk: row.card.final for row in touching.cards_touched(case.appeal, span())
    } == (finals)
    assert Notice.objects.filter(user=case.lead, kind="appeals.impact").count() == 1
    assert "批量导入有误" in get(case.reviewer, "detail", case).content.decode()
    assert "批量导入有误" not in get(case.agent, "detail", case).content.decode()


def test_an_import_behind_the_disputed_lines_is_found() -> None:
    case = with_another()
    found = Import.objects.create(
        file_name="10月.csv", file_sha256="b" * 64, requested_at=NOW, state="done"
    )
    Ticket.objects.update(last_import=found)

    listed = touching.imports_behind(case.appeal)

    assert [touch.source for touch in listed] == [found]
    assert listed[0].own_records > 0
    assert touching.cards_touched(case.appeal, touching.of_import(found))
    page = get(case.reviewer, "impact", case, **{"import": str(found.pk)})
    assert page.status_code == 200 and "10月.csv" in page.content.decode()
    assert get(case.reviewer, "impact", case, **{"import": "999"}).status_code == 422


def test_through_the_page_by_the_reviewer_only() -> None:
    case = make_case("data_recheck")
    data = {"starts_at": "2026-10-01T00:00", "ends_at": "2026-11-01T00:00", "note": "故障"}
    address = reverse("appeals:impact", args=[case.appeal.number])
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(case.reviewer)
        assert client.post(address, data | {"ends_at": ""}).status_code == 422
        assert client.post(address, data | {"note": ""}).status_code == 422
        assert client.post(address, data).status_code == 303
        client.force_login(case.agent)
        assert client.get(address).status_code == 403
    assert case.reload().impact["note"] == "故障"


def test_it_is_noted_by_who_checks_the_data_and_with_a_sentence() -> None:
    case = make_case("data_recheck")

    for user in (case.agent, case.supervisor, case.chair):
        with pytest.raises(NotAllowed):
            impact.note_impact(case.appeal, span(), note="x", by=user, at=NOW)
    with pytest.raises(AppealIncomplete):
        impact.note_impact(case.appeal, span(), note=" ", by=case.reviewer, at=NOW)


# --- The board


def test_the_board_names_the_next_level() -> None:
    case = make_case("submitted")
    due = case.appeal.due_on
    assert due is not None

    before = overdue.board(case.lead, ends_at(due) - timedelta(seconds=1))
    after = overdue.board(case.lead, ends_at(due))

    assert ([r.appeal for r in before.soon], before.overdue) == ([case.appeal], [])
    assert [(r.appeal, r.next_level) for r in after.overdue] == [(case.appeal, "hr_lead")]
    assert after.overdue[0].days < 0


def test_an_overdue_arbitration_goes_to_the_chair_once() -> None:
    case = make_case("arbitration")

    for _twice in range(2):
        clock.run(LATE + timedelta(days=5))

    steps = case.reload().steps.filter(act="escalate")
    assert steps.count() == 1
    board = overdue.board(case.chair, LATE + timedelta(days=5))
    assert [row.next_level for row in board.overdue] == ["chair"]
    assert Notice.objects.filter(user=case.chair, kind="appeals.overdue").count() == 1


def test_everybody_sees_only_their_own_cases_on_the_board() -> None:
    case = make_case("submitted")

    assert overdue.board(case.chair, LATE).overdue == []
    assert overdue.board(case.panel[0], LATE).overdue == []
    client = Client()
    client.force_login(case.agent)
    assert client.get(reverse("appeals:overdue")).status_code == 403
