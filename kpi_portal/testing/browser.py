"""A real Chromium on a portal that really serves; skipped with the reason where there is none."""

import os
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

CHROMIUM = os.environ.get("KPI_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
]
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"skipped, because {CHROMIUM} is not installed (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with tempfile.TemporaryDirectory(prefix="kpi-chromium-") as home, sync_playwright() as tool:
        found = tool.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, env={**os.environ, "HOME": home}
        )
        yield found
        found.close()


@pytest.fixture
def live_portal(live_server: Any) -> str:
    """The address of a portal on the test database, without a slash at the end."""
    return str(live_server.url)


OpenAs = Callable[..., "Page"]


@pytest.fixture
def open_as(browser: "Browser", live_portal: str) -> Iterator[OpenAs]:
    """`open_as(user, path, width=…, language=…)` gives a page on which `user` is signed in.

    A script error or a breach of the content policy on any of its pages fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(user: Any = None, path: str = "/", **options: Any) -> "Page":
        from django.conf import settings

        viewport: ViewportSize = {
            "width": options.pop("width", DESKTOP["width"]),
            "height": options.pop("height", DESKTOP["height"]),
        }
        language = options.pop("language", None)
        context = browser.new_context(
            base_url=live_portal, viewport=viewport, locale="zh-CN",
            timezone_id="Asia/Shanghai", **options,
        )  # fmt: skip
        contexts.append(context)
        cookies = [(settings.SESSION_COOKIE_NAME, _session(user))] if user else []
        cookies += [(settings.LANGUAGE_COOKIE_NAME, language)] if language else []
        context.add_cookies(
            [{"name": name, "value": value, "url": live_portal} for name, value in cookies]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(complaints, message))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], message: Any) -> None:
    """Errors of scripts and policy; a 4xx answer is what some tests are about."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(message.text)


def _session(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies[_cookie()].value


def _cookie() -> str:
    from django.conf import settings

    return str(settings.SESSION_COOKIE_NAME)


@pytest.fixture
def page(open_as: OpenAs) -> "Page":
    """The start page, nobody signed in."""
    return open_as()
