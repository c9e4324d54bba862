"""The main path in a real browser: from the sign-in to a reviewed appeal, and how pages look."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from appeals.models import Appeal, State
from appeals.services import filing
from appraisal.models import Period, SchemeVersion
from kpi_portal.jobs.models import Job
from kpi_portal.jobs.runner import run as run_job
from kpi_portal.people.tests.factories import PASSWORD
from kpi_portal.testing.browser import OpenAs
from kpi_portal.tests.access_world import AT, World, make_world

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser

CARD = "/scorecards/2026-10/A001/"
PAGES = {
    "anonymous": ["/accounts/login/"],
    "agent": ["/", CARD, CARD + "lines/1/records/", "/scorecards/", "/appeals/A-2026-0001/edit/"],
    "supervisor": ["/team/2026-10/", "/schemes/next/v1/", "/schemes/next/v1/edit/", "/tickets/"],
    "committee": ["/schemes/pending/v1/decide/"],
    "hr": ["/periods/2026-10/", "/periods/", "/imports/", "/appeals/", "/people/"],
}
DESKTOP: "ViewportSize" = {"width": 1280, "height": 900}
PHONE: "ViewportSize" = {"width": 390, "height": 844}


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The world of the access tests, kept in the database that the portal serves."""
    with time_machine.travel(AT):
        yield make_world()


def shows(page: "Page", selector: str, text: str | re.Pattern[str] = "") -> None:
    """Waits until it does."""
    from playwright.sync_api import expect

    if text:
        expect(page.locator(selector).first).to_contain_text(text)
    else:
        expect(page.locator(selector).first).to_be_visible()


def agree(page: "Page", button: str) -> None:
    """Press a button that asks back, and answer yes."""
    page.locator(button).click()
    page.locator("#confirm-yes").click()


def test_signing_in_says_what_is_wrong_and_opens_today(world: World, open_as: OpenAs) -> None:
    page = open_as(None, "/accounts/login/")
    for password in ("not this one", PASSWORD):
        page.locator("#id_login").fill("h001")
        page.locator("#id_password").fill(password)
        page.locator("form[action$='/login/'] button.btn-primary").click()
        if password != PASSWORD:
            shows(page, ".error-summary")
    page.wait_for_url(re.compile(r"/$"))
    shows(page, "h1")
    assert page.locator("nav a[href='/periods/']").count() > 0


def test_from_the_card_to_a_reviewed_appeal(world: World, open_as: OpenAs) -> None:
    filing.delete_draft(world.case.appeal, by=world.user("agent"))
    card = world.case.appeal.scorecard
    number = _agent_appeals(open_as(world.user("agent"), CARD), str(card.final))
    page = open_as(world.user("hr"), f"/appeals/{number}/")
    page.locator("form[action$='/take/'] button").click()
    for question in ("objective", "weights", "procedure"):
        page.locator(f"#id_kept_{question}_0").check()
        page.locator(f"#id_reason_{question}").fill("已核对")
    agree(page, "form[action$='/review/'] button.btn-primary")
    shows(page, "#id_note")
    appeal = Appeal.objects.get(number=number)
    assert appeal.state == State.DATA_RECHECK
    assert appeal.evidence.get().file.name == "工单.txt"


def _agent_appeals(page: "Page", final: str) -> str:
    """Reads the card, confirms it and files an appeal; its number."""
    shows(page, "main", final)
    page.locator("#line-1 summary").click()
    shows(page, "#line-1 details[open]", "83")
    page.locator("#line-1 a[href*='/records/']").first.click()
    page.wait_for_url(re.compile("/lines/1/records/"))
    assert page.locator("main table tbody tr").count() == 3
    page.goto(CARD)
    page.locator("form[action$='/confirm/'] button").click()
    page.locator("form[action$='/confirm/']").wait_for(state="detached")
    page.locator("#appeal form button").click()
    page.locator("input[name^=disputed_]").first.check()
    page.locator("input[name^=claim_]").first.fill("三张工单不是我处理的")
    page.locator("#id_grounds_2").check()
    page.locator("#id_statement").fill("系统故障期间的工单计入了我的响应时间。")
    page.locator("#id_request").fill("请重新计算。")
    file: Any = {"name": "工单.txt", "mimeType": "text/plain", "buffer": "截图说明".encode()}
    page.locator("#id_file").set_input_files(file)
    agree(page, "button[name=act][value=file]")
    page.wait_for_url(re.compile(r"/appeals/A-2026-\d+/$"))
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_a_draft_is_weighed_and_guarded(world: World, open_as: OpenAs) -> None:
    page = open_as(world.user("supervisor"), "/schemes/next/v1/edit/")
    weight = page.locator("#id_items-0-weight")
    shows(page, "[data-total-number]", "100.00")
    weight.fill("90")
    shows(page, "[data-total-number]", "90.00")
    page.locator("button[value=save_submit]").click()
    page.wait_for_url(re.compile("/submit/$"))
    hand_in = "main form .form-actions button.btn-primary"
    shows(page, "main", "90.00")
    assert page.locator(hand_in).is_disabled()
    page.goto("/schemes/next/v1/edit/")
    page.locator("#plus-0").click()
    shows(page, "[data-total-number]", "90.50")
    weight.fill("100")
    page.locator("button[value=save_submit]").click()
    page.wait_for_url(re.compile("/submit/$"))
    page.locator("#id_reason").fill("按季度调整")
    page.locator(hand_in).click()
    page.wait_for_url(re.compile("/schemes/next/v1/$"))
    assert SchemeVersion.objects.get(scheme__key="next").state == "submitted"


def test_hr_computes_a_period_and_sees_how_far_it_is(world: World, open_as: OpenAs) -> None:
    from playwright.sync_api import expect

    page = open_as(world.user("hr"), "/periods/2026-09/")
    page.locator("form[action$='/run/'] button").click()
    shows(page, ".job-progress progress")
    run_job(Job.objects.filter(kind="appraisal.compute").latest("pk").pk)
    expect(page.locator(".job-progress progress")).to_have_count(0, timeout=15_000)
    shows(page, "form[action$='/submit/']")
    assert Period.objects.get(code="2026-09").state == "calculated"


def test_the_language_is_switched(world: World, open_as: OpenAs) -> None:
    page = open_as(world.user("colleague"), "/")
    for language in ("zh-hant", "en"):
        page.locator("summary").filter(has=page.locator(".icon-language")).click()
        page.locator(f"button[name=language][value={language}]").click()
        shows(page, f"html[lang={language} i]")
    page.goto("/scorecards/")
    shows(page, "html[lang=en]")
    shows(page, "h1", re.compile("[Ss]corecards"))


def test_pages_fit_a_phone_and_have_no_serious_barriers(world: World, open_as: OpenAs) -> None:
    found = []
    for role, paths in PAGES.items():
        user = world.people[role] if role != "anonymous" else None
        page = open_as(user, paths[0])
        for path in paths:
            page.set_viewport_size(DESKTOP)
            page.goto(path)
            page.wait_for_load_state("networkidle")
            found += [f"{path}: {each}" for each in _barriers(page)]
            page.set_viewport_size(PHONE)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                found.append(f"{path}: {width} px wide on a phone")
    assert found == []


def _barriers(page: "Page") -> list[str]:
    """What axe-core calls serious or critical, and the first places of each."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        " ".join([each["id"], *(str(node["target"]) for node in each["nodes"][:3])])
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
