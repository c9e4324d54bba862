"""Evidence files: what is taken, what is refused, who opens them."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from appeals.models import Evidence
from appeals.permissions import can_open_evidence
from appeals.second_person import OPEN_EVIDENCE
from appeals.services import evidence, filing
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case, make_evidence
from kpi_portal.audit.models import Event
from kpi_portal.core.errors import Conflict, DomainError, NotAllowed
from kpi_portal.people.files import path_of
from kpi_portal.people.models import RoleGrant, StoredFile, User
from kpi_portal.people.second_person.permissions import can_decide
from kpi_portal.people.second_person.services import approve, ask
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def hand_in(case: Case, body: bytes, name: str, by: User | None = None) -> Evidence:
    return evidence.add(
        case.appeal, BytesIO(body), name=name, note="", by=by or case.agent, at=NOW
    )


def stored_files() -> int:
    folder = Path(settings.MEDIA_ROOT)
    return sum(1 for path in folder.rglob("*") if path.is_file())


def test_a_file_is_kept_outside_the_web_root_with_its_digest() -> None:
    case = make_case()

    row = hand_in(case, "记录".encode(), "记录.txt")

    assert len(row.sha256) == 64
    assert path_of(row.file_id).is_file()
    assert not path_of(row.file_id).is_relative_to(settings.STATIC_ROOT)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"MZ\x90\0" + b"\0" * 60, "a.pdf"),
        (b"<script>alert(1)</script>", "a.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"PK\x03\x04" + b"\0" * 60, "a.xlsx"),
        (b"", "a.txt"),
    ],
)
def test_the_type_is_told_from_the_content(body: bytes, name: str) -> None:
    case, before = make_case(), stored_files()

    with pytest.raises(DomainError):
        hand_in(case, body, name)

    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert stored_files() == before


def test_the_same_file_is_kept_once() -> None:
    case = make_case()
    hand_in(case, b"same", "a.txt")
    before = stored_files()

    with pytest.raises(Conflict):
        hand_in(case, b"same", "b.txt")

    assert Evidence.objects.count() == 1
    assert stored_files() == before


def test_the_same_file_may_serve_two_appeals() -> None:
    case = make_case()
    make_evidence(case, text="same")
    make.file(case)
    make.withdraw(case)

    case.appeal = filing.start(case.appeal.scorecard, by=case.agent, at=NOW)

    assert make_evidence(case, text="same").appeal == case.appeal


def test_an_appeal_has_ten_files_at_most() -> None:
    case = make_case()
    for number in range(10):
        hand_in(case, f"{number}".encode(), "a.txt")

    with pytest.raises(DomainError):
        hand_in(case, b"one more", "a.txt")

    assert Evidence.objects.count() == 10


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case()
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)

    with pytest.raises(DomainError) as refused:
        hand_in(case, b"eleven bytes", "a.txt")

    assert refused.value.status == 413


def test_files_too_large_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    case, before = make_case(), stored_files()
    monkeypatch.setattr(evidence, "MOST_TOGETHER", 20)
    hand_in(case, b"fifteen bytes..", "a.txt")

    with pytest.raises(DomainError):
        hand_in(case, b"ten bytes.", "b.txt")

    assert Evidence.objects.count() == 1
    assert stored_files() == before + 1


def test_the_limits_are_those_of_the_policy() -> None:
    assert evidence.MOST_FILES == 10
    assert evidence.MOST_BYTES == 20_000_000
    assert evidence.MOST_TOGETHER == 100_000_000


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "data_recheck", "re_evaluation", "meeting", "arbitration"]
)
def test_the_appellant_adds_evidence_until_it_is_decided(state: str) -> None:
    case = make_case(state)

    assert make_evidence(case).appeal_id == case.appeal.pk


@pytest.mark.parametrize(
    "state", ["settled", "maintained", "changed", "withdrawn", "inadmissible", "reevaluated"]
)
def test_a_closed_appeal_takes_no_evidence(state: str) -> None:
    case = make_case(state)

    with pytest.raises(NotAllowed):
        make_evidence(case)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [("submitted", False), ("data_recheck", False), ("meeting", True), ("arbitration", False)],
)
def test_the_supervisor_adds_evidence_at_the_meeting_only(state: str, *, allowed: bool) -> None:
    case = make_case(state)

    if allowed:
        assert make_evidence(case, by=case.supervisor, for_parties=False).for_parties
        return
    with pytest.raises(NotAllowed):
        make_evidence(case, by=case.supervisor)


def test_evidence_is_removed_only_from_a_draft() -> None:
    case = make_case()
    row = make_evidence(case)
    with pytest.raises(NotAllowed):
        evidence.delete(row, by=case.supervisor)

    evidence.delete(row, by=case.agent)

    assert not StoredFile.objects.exists()


def test_evidence_stays_once_the_appeal_is_filed() -> None:
    case = make_case("submitted")
    row = make_evidence(case)

    with pytest.raises(NotAllowed):
        evidence.delete(row, by=case.agent)


def test_a_draft_goes_with_its_files() -> None:
    case = make_case()
    make_evidence(case)

    filing.delete_draft(case.appeal, by=case.agent)

    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)


OPENERS = {
    "draft": {"agent"},
    "submitted": {"agent", "reviewer", "lead"},
    "data_recheck": {"agent", "reviewer", "lead"},
    "re_evaluation": {"agent", "reviewer", "lead", "evaluator"},
    "meeting": {"agent", "reviewer", "lead", "supervisor"},
    "arbitration": {"agent", "reviewer", "lead", "supervisor", "chair", "arbiter"},
}


def cast(case: Case) -> dict[str, User]:
    return {
        "agent": case.agent,
        "supervisor": case.supervisor,
        "reviewer": case.reviewer,
        "lead": case.lead,
        "chair": case.chair,
        "evaluator": case.evaluator,
        "arbiter": case.panel[0],
        "bystander": case.panel[4],
        "auditor": make_person("auditor", number="U001"),
        "colleague": make_person("agent", number="A009"),
        "other_hr": make_person("hr", number="H009"),
        "admin": make_person("admin", number="M001"),
    }


@pytest.mark.parametrize("state", OPENERS)
def test_only_who_has_to_do_with_it_opens_a_file(state: str) -> None:
    case = make_case(state)
    row = make_evidence(case)

    may = {
        name
        for name, user in cast(case).items()
        if can_open_evidence(user, row, case.appeal, NOW)
        and type(case.appeal).objects.readable_by(user).filter(pk=case.appeal.pk).exists()
    }

    assert may == OPENERS[state]


def test_an_auditor_opens_files_with_the_agreement_of_a_second_person() -> None:
    case = make_case("submitted")
    row, auditor = make_evidence(case), make_person("auditor", number="U001")
    asked = ask(OPEN_EVIDENCE, case.appeal.number, reason="抽查", by=auditor, at=NOW)
    assert not can_open_evidence(auditor, row, case.appeal, NOW)

    approve(asked.pk, by=case.lead, at=NOW)

    assert can_open_evidence(auditor, row, case.appeal, NOW)
    assert not can_open_evidence(auditor, row, case.appeal, NOW + timedelta(hours=24))
    assert not can_open_evidence(make_person("auditor", number="U002"), row, case.appeal, NOW)


def test_the_appellant_never_decides_who_reads_their_files() -> None:
    case = make_case("submitted")
    auditor = make_person("auditor", number="U001")
    asked = ask(OPEN_EVIDENCE, case.appeal.number, reason="抽查", by=auditor, at=NOW)
    RoleGrant.objects.create(user=case.agent, role="hr_lead", granted_at=NOW)
    appellant = User.objects.get(pk=case.agent.pk)

    assert not can_decide(appellant, asked)


def test_the_supervisor_opens_only_what_was_opened_to_the_parties() -> None:
    case = make_case("meeting")
    hidden = make_evidence(case, for_parties=False)

    assert not can_open_evidence(case.supervisor, hidden, case.appeal, NOW)
    assert can_open_evidence(case.reviewer, hidden, case.appeal, NOW)


def test_each_download_is_on_record() -> None:
    case = make_case("submitted")
    row = make_evidence(case)

    evidence.open_file(row, by=case.reviewer, at=NOW)

    event = Event.objects.get(act="appeal.evidence_opened")
    assert (event.actor, event.after) == (case.reviewer, {"sha256": row.sha256})


def test_an_image_is_taken() -> None:
    case = make_case()
    picture = (
        PNG[:8]
        + b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
        + b"\0\0\0\0IEND\xaeB`\x82"
    )

    assert hand_in(case, picture, "截图.png").file.content_type == "image/png"


def test_a_stranger_adds_nothing() -> None:
    case = make_case("meeting")

    for user in (case.reviewer, case.lead, case.chair, case.panel[0], case.evaluator):
        with pytest.raises(NotAllowed):
            make_evidence(case, by=user)
