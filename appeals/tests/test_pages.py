"""The pages and the API: who gets what, what a form says, and that nothing hidden leaks."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appeals.models import Appeal, Evidence, State
from appeals.second_person import OPEN_EVIDENCE
from appeals.services import filing
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, at, make_case, make_evidence
from appeals.tests.stakes import adjust
from appraisal.tests.factories import card_of
from kpi_portal.people.models import Notice, User
from kpi_portal.people.second_person.services import approve, ask
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def browse(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(user)
    return client


def url(name: str, case: Case, *more: object) -> str:
    return reverse(f"appeals:{name}", args=[case.appeal.number, *more])


def page(user: User, case: Case) -> str:
    response = browse(user).get(url("detail", case), follow=True)
    assert response.status_code == 200
    return response.content.decode()


STATES = [
    "submitted", "data_recheck", "re_evaluation", "meeting", "arbitration", "settled",
    "reevaluated", "maintained", "changed", "withdrawn", "inadmissible",
]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_the_page_opens_for_who_reads_it_and_for_nobody_else(state: str) -> None:
    case = make_case(state)
    make_person("agent", number="A009")
    people = [
        case.agent, case.supervisor, case.reviewer, case.lead, case.chair, case.evaluator,
        *case.panel, make_person("auditor", "hr", number="U001"), make_person("admin"),
    ]  # fmt: skip

    for user in people:
        seen = Appeal.objects.visible_to(user).exists()
        response = browse(user).get(url("detail", case))
        assert response.status_code == (200 if seen else 404), user
        assert browse(user).get(reverse("appeals:list")).status_code == 200


def test_an_auditor_writes_down_why_first() -> None:
    case = make_case("submitted")
    row, auditor = make_evidence(case), make_person("auditor", number="U001")
    asked = ask(OPEN_EVIDENCE, case.appeal.number, reason="抽查", by=auditor, at=timezone.now())
    approve(asked.pk, by=case.lead, at=timezone.now())
    client = browse(auditor)

    for address in (url("detail", case), url("evidence", case, row.pk)):
        response = client.get(address)
        assert response.status_code == 302
        assert reverse("appraisal:score_reason", args=["2026-10"]) in response["Location"]


def test_a_draft_is_begun_filled_in_and_filed_through_the_pages() -> None:
    case = make_case()
    filing.delete_draft(case.appeal, by=case.agent)
    client, card = browse(case.agent), card_of(case.agent)
    badge = client.get(reverse("appeals:badge", args=[card.pk])).content.decode()
    assert reverse("appeals:start", args=[card.pk]) in badge

    started = client.post(reverse("appeals:start", args=[card.pk]))
    appeal = Appeal.objects.get()
    assert started["Location"] == reverse("appeals:edit", args=[appeal.number])
    line = card.lines.get(position=1)
    form = {
        "act": "file", "topics": ["total"], "grounds": ["unjust"], "statement": "说明",
        "request": "请更正", f"disputed_{line.pk}": "on", f"claim_{line.pk}": "数值有误",
        "file": SimpleUploadedFile("证据.txt", "记录".encode()), "for_parties": "on",
    }  # fmt: skip
    filed = client.post(reverse("appeals:edit", args=[appeal.number]), form)

    assert filed["Location"] == reverse("appeals:detail", args=[appeal.number])
    appeal.refresh_from_db()
    assert (appeal.state, appeal.topics) == (State.SUBMITTED, ["lines", "total"])
    assert appeal.disputed.get().claim == "数值有误"
    assert Evidence.objects.get().for_parties


def test_adding_a_file_keeps_what_was_written() -> None:
    case = make_case()
    form = {
        "act": "attach", "statement": "写到一半",
        "file": SimpleUploadedFile("a.txt", b"x"), "note": "截图",
    }  # fmt: skip

    browse(case.agent).post(url("edit", case), form)

    assert case.reload().statement == "写到一半"
    row = Evidence.objects.get()
    assert (row.note, row.for_parties) == ("截图", False)


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost() -> None:
    case = make_case()

    response = browse(case.agent).post(url("edit", case), {"act": "file", "statement": "说明"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"topics", "grounds", "request"}
    assert "说明" in response.content.decode()
    assert case.reload().statement == "说明"


def test_a_draft_follows_the_revised_card() -> None:
    case = make_case()
    make.fill(case)
    adjust(case, None, make_person("hr"))
    form = {"act": "file", "grounds": ["unjust"], "statement": "s", "request": "r"}

    response = browse(case.agent).post(url("edit", case), form)

    assert response.status_code == 422
    assert case.reload().scorecard == card_of(case.agent)
    assert [row.line.position for row in case.appeal.disputed.all()] == [1]


def test_two_clicks_file_once() -> None:
    case = make_case()
    make.fill(case)
    line = case.lines[0]
    form = {
        "act": "file", "grounds": ["unjust"], "statement": "s", "request": "r",
        f"disputed_{line.pk}": "on",
    }  # fmt: skip
    client = browse(case.agent)

    codes = [client.post(url("edit", case), form).status_code for _click in range(3)]

    assert codes == [303, 403, 403]
    assert case.reload().steps.filter(act="file").count() == 1
    assert Notice.objects.filter(kind="appeals.filed").count() == 1


def test_two_starts_give_one_draft() -> None:
    case = make_case()
    filing.delete_draft(case.appeal, by=case.agent)
    address = reverse("appeals:start", args=[card_of(case.agent).pk])
    client = browse(case.agent)

    places = {client.post(address)["Location"] for _click in range(3)}

    assert len(places) == 1 and Appeal.objects.count() == 1


def test_numbers_are_never_given_twice() -> None:
    case = make_case()
    first = case.appeal.number
    filing.delete_draft(case.appeal, by=case.agent)

    assert filing.start(card_of(case.agent), by=case.agent, at=NOW).number != first


def test_the_badge_says_what_the_reader_can_do() -> None:
    case = make_case("submitted")
    address = reverse("appeals:badge", args=[case.appeal.scorecard_id])

    assert case.appeal.number in browse(case.agent).get(address).content.decode()
    assert case.appeal.number not in browse(case.supervisor).get(address).content.decode()
    assert browse(case.panel[4]).get(address).status_code == 404


def test_the_badge_offers_hr_a_late_admission_once_the_window_is_over() -> None:
    case = make_case()
    filing.delete_draft(case.appeal, by=case.agent)
    address = reverse("appeals:badge", args=[case.appeal.scorecard_id])
    late = reverse("appeals:admit-late", args=[case.appeal.scorecard_id])
    assert late not in browse(case.reviewer).get(address).content.decode()

    with time_machine.travel(at(2026, 11, 13), tick=False):
        assert late in browse(case.reviewer).get(address).content.decode()
        response = browse(case.reviewer).post(late, {"reason": "住院"})

    assert response.status_code == 303
    assert Appeal.objects.get().late_reason == "住院"


# --- The whole way through the pages


def test_the_ladder_is_climbed_through_the_pages() -> None:
    case = make_case()
    make.file(case)

    def post(user: User, name: str, data: dict[str, Any], code: int = 303) -> None:
        response = browse(user).post(url(name, case), data)
        assert response.status_code == code, response.content.decode()[:3000]

    line = case.lines[0]
    post(case.reviewer, "take", {})
    answers = {
        f"{part}_{question}": value
        for question in ("objective", "weights", "procedure")
        for part, value in (("kept", "yes"), ("reason", "已核对"))
    }
    post(case.reviewer, "review", {**answers, "reason_procedure": ""}, 422)
    post(case.reviewer, "review", answers)
    post(case.reviewer, "recheck", {"note": "已复核", "held_at": "2026-11-09T14:00"})
    post(case.reviewer, "schedule", {"held_at": "2026-11-10T14:00", "place": "三楼"})
    proposal = {"minutes": "记录", "reason_code": "data_error"}
    post(case.reviewer, "propose", {**proposal, f"points_{line.pk}": "101"}, 422)
    post(case.reviewer, "propose", {**proposal, f"points_{line.pk}": "85"})
    for user in (case.agent, case.supervisor):
        post(user, "confirm", {"round": "1", "agrees": "yes"})
    post(case.reviewer, "confirm", {"round": "1", "agrees": "no", "comment": "不妥"})
    post(case.chair, "extend", {"days": "3", "reason": "出差"})
    post(case.chair, "seat-panel", {"users": [user.pk for user in case.panel[:2]]}, 422)
    post(case.chair, "seat-panel", {"users": [user.pk for user in case.panel[:3]]})
    change = {"vote": "change", "reasons": "理由", f"points_{line.pk}": "88.5"}
    post(case.panel[0], "vote", {**change, f"points_{line.pk}": ""}, 422)
    for user in case.panel[:3]:
        post(user, "vote", change)
    post(case.chair, "publish", {"decision": "决定", "reason_code": "data_error"})

    assert case.reload().state == State.CHANGED
    assert "88.50" in page(case.agent, case)


def test_acts_of_others_are_refused() -> None:
    case = make_case("arbitration")
    acts = ["take", "review", "reject", "recheck", "schedule", "propose", "publish", "extend"]

    for name in acts:
        response = browse(case.agent).post(url(name, case), {
            "reason": "x", "because": "duplicate", "note": "x", "held_at": "2026-11-10T14:00",
            "minutes": "x", "reason_code": "data_error", "decision": "x", "days": "2",
            **{f"kept_{q}": "yes" for q in ("objective", "weights", "procedure")},
            **{f"reason_{q}": "x" for q in ("objective", "weights", "procedure")},
        })  # fmt: skip
        assert response.status_code in (403, 409), name


def test_a_wrong_form_shows_the_pool_no_more_than_its_entry() -> None:
    case = make_case()
    make.file(case)

    response = browse(case.reviewer).post(url("reject", case), {})

    text = response.content.decode()
    assert response.status_code == 422
    assert "系统故障期间" not in text and "李伟" not in text


def test_after_taking_the_case_its_text_is_read() -> None:
    case = make_case()
    make.file(case)
    before = page(case.reviewer, case)
    assert "系统故障期间" not in before and "李伟" not in before and "李*" in before

    browse(case.reviewer).post(url("take", case))

    assert "系统故障期间" in page(case.reviewer, case)


def test_who_steps_back_lands_on_the_list() -> None:
    case = make_case("arbitration")

    response = browse(case.panel[0]).post(url("step-back", case), {"reason": "同学"})

    assert response["Location"] == reverse("appeals:list")


def test_the_reason_for_stepping_back_is_read_by_hr_leads_only() -> None:
    case = make_case("arbitration")
    browse(case.panel[0]).post(url("step-back", case), {"reason": "机密原因"})

    assert "机密原因" in page(case.lead, case)
    for user in (case.agent, case.supervisor, case.chair, case.panel[1], case.reviewer):
        assert "机密原因" not in page(user, case)


# --- Hidden votes do not leak


def test_votes_leak_into_no_page() -> None:
    case = make_case("arbitration")
    line = case.lines[0]
    browse(case.panel[0]).post(
        url("vote", case),
        {"vote": "change", "reasons": "秘密理由", f"points_{line.pk}": "93.17"},
    )
    browse(case.panel[1]).post(url("vote", case), {"vote": "maintain", "reasons": "另一理由"})

    readers = [
        case.agent, case.supervisor, case.reviewer, case.lead, case.chair, case.panel[2],
        make_person("auditor", "hr_lead", number="U001"),
    ]  # fmt: skip
    for user in readers:
        text = page(user, case) + browse(user).get("/").content.decode()
        assert "秘密理由" not in text and "93.17" not in text and "另一理由" not in text


def test_names_of_voters_stay_inside_after_the_decision() -> None:
    case = make_case("changed")

    # two for a change, one to maintain: the parties read the dissent, and not whose it is
    assert page(case.chair, case).count("依据工单记录") == 4
    assert page(case.agent, case).count("依据工单记录") == 1
    assert page(case.supervisor, case).count("依据工单记录") == 1


# --- Evidence through the pages


def test_a_file_comes_as_a_download_that_no_browser_runs() -> None:
    case = make_case("submitted")
    row = make_evidence(case)

    response = browse(case.reviewer).get(url("evidence", case, row.pk))

    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert browse(case.chair).get(url("evidence", case, row.pk)).status_code == 404
    assert browse(case.panel[0]).get(url("evidence", case, row.pk)).status_code == 404


def test_a_file_of_another_appeal_is_not_found() -> None:
    case = make_case("withdrawn")
    case.appeal = filing.start(case.appeal.scorecard, by=case.agent, at=NOW)
    row = make_evidence(case)
    old = Appeal.objects.get(state="withdrawn")

    address = reverse("appeals:evidence", args=[old.number, row.pk])

    assert browse(case.agent).get(address).status_code == 404


# --- The list


def test_the_list_asks_no_more_for_more_appeals(django_assert_max_num_queries: Any) -> None:
    case = make_case("submitted")
    rows = [
        Appeal(
            number=f"A-2026-8{number:03}", scorecard=case.appeal.scorecard,
            period=case.appeal.period, employee=case.appeal.employee, state="withdrawn",
            created_at=NOW, filed_at=NOW, closed_at=NOW,
        )
        for number in range(30)
    ]  # fmt: skip
    Appeal.objects.bulk_create(rows)
    client = browse(case.lead)
    client.get(reverse("appeals:list"))

    with django_assert_max_num_queries(16):
        client.get(reverse("appeals:list"))


@pytest.mark.parametrize("query", ["state=open", "state=closed", "state=meeting", "mine=on"])
def test_the_list_can_be_narrowed(query: str) -> None:
    case = make_case("meeting")

    text = browse(case.reviewer).get(f"{reverse('appeals:list')}?{query}").content.decode()

    assert (case.appeal.number in text) == (query != "state=closed")
