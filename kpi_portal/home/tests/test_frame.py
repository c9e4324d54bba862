"""Language, theme, what every page carries."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kpi_portal.audit.models import Event
from kpi_portal.home.help import TOPICS, topic_at
from kpi_portal.people.tests.factories import make_user

pytestmark = pytest.mark.django_db


def language_of(client: Client, **headers: str) -> str:
    response = client.get("/accounts/login/", headers=headers)
    return response.headers["Content-Language"]


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "zh-hans"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh-TW,zh;q=0.9", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("en-GB,en;q=0.9", "zh-hans"),
        ("en,zh-TW;q=0.8", "zh-hant"),
        ("fr", "zh-hans"),
    ],
)
def test_without_a_choice_the_browser_only_chooses_the_script(
    client: Client, accepts: str, language: str
) -> None:
    assert language_of(client, **{"Accept-Language": accepts}) == language


def test_the_cookie_wins_over_the_browser(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert language_of(client, **{"Accept-Language": "zh-TW"}) == "en"


def test_the_account_wins_over_the_cookie(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(make_user(language="zh-hant"))

    assert client.get("/").headers["Content-Language"] == "zh-hant"


def test_choosing_a_language_keeps_it_in_cookie_and_account(client: Client) -> None:
    user = make_user()
    client.force_login(user)

    response = client.post("/language/", {"language": "en", "next": "/profile/"})

    user.refresh_from_db()
    assert (response.status_code, response.headers["Location"]) == (303, "/profile/")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert user.language == "en"
    assert Event.objects.filter(act="account.preferences").count() == 1


def test_a_visitor_chooses_a_language_before_signing_in(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/accounts/login/"})

    assert language_of(client) == "en"


def test_choosing_the_same_again_changes_nothing(client: Client) -> None:
    client.force_login(make_user(theme="dark"))

    client.post("/theme/", {"theme": "dark"})

    assert not Event.objects.filter(act="account.preferences").exists()


@pytest.mark.parametrize("field", ["language", "theme"])
def test_an_unknown_choice_is_refused(client: Client, field: str) -> None:
    assert client.post(f"/{field}/", {field: "klingon"}).status_code == 404


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_choice_never_leads_out_of_the_portal(client: Client, address: str) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": address})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize(("theme", "drawn"), [("dark", "dark"), ("light", "light")])
def test_the_theme_is_in_the_page_before_any_script(
    client: Client, theme: str, drawn: str
) -> None:
    client.force_login(make_user(theme=theme))

    page = client.get("/").content.decode()

    assert f'data-theme="{theme}" data-bs-theme="{drawn}"' in page


def test_a_visitors_theme_comes_from_the_cookie(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})

    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("url", ["/", "/notices/", "/search/", "/profile/", "/help/"])
def test_strangers_are_sent_to_sign_in(client: Client, url: str) -> None:
    response = client.get(url)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "url", ["/", "/notices/", "/search/?q=a", "/profile/", "/help/", "/help/appeals/"]
)
def test_pages_hold_no_inline_style_or_script(client: Client, url: str) -> None:
    client.force_login(make_user())

    page = client.get(url).content.decode()

    assert " style=" not in page
    assert " onclick=" not in page
    assert "<style" not in page
    assert "<script>" not in page


def test_the_frame_costs_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(make_user())
    client.get("/help/")

    with django_assert_max_num_queries(7):
        client.get("/help/")


def test_help_exists_for_every_topic(client: Client) -> None:
    client.force_login(make_user())

    assert all(client.get(f"/help/{key}/").status_code == 200 for key in TOPICS)
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.parametrize(
    "url", ["/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/"]
)
def test_account_pages_stand_in_the_frame(client: Client, url: str) -> None:
    client.force_login(make_user(language="en"))

    page = client.get(url, follow=True).content.decode()

    assert 'class="skip-link"' in page
    assert "css/tokens" in page
    assert "Menu:" not in page


def test_a_wrong_password_is_said_at_the_top(client: Client) -> None:
    make_user(username="a001")

    page = client.post("/accounts/login/", {"login": "a001", "password": "wrong"})

    assert 'class="error-summary"' in page.content.decode()


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("/", "today"),
        ("/scorecards/2026-10/E1/", "scorecards"),
        ("/appeals/A-2026-0001/", "appeals"),
        ("/jobs/5/", "operations"),
        ("/somewhere/else/", None),
    ],
)
def test_each_page_leads_to_its_own_help(path: str, topic: str | None) -> None:
    found = topic_at(path)

    assert (found.key if found else None) == topic
