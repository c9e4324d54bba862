"""Every icon that a page asks for is in the list of those that are installed."""

import re
from pathlib import Path

from django.conf import settings

from kpi_portal.core.assets import ICONS
from kpi_portal.home.help import TOPICS
from kpi_portal.home.navigation import NAVIGATION
from kpi_portal.home.shortcuts import SHORTCUTS

ASKED = re.compile(
    r"""\{%\s*icon\s+"([a-z0-9-]+)"|icon_name="([a-z0-9-]+)"|icon_name\|default:"([a-z0-9-]+)\""""
)


def listed() -> set[str]:
    return {line for line in ICONS.read_text().split("\n") if line and not line.startswith("#")}


def in_templates() -> set[str]:
    texts = (path.read_text() for path in Path(settings.BASE_DIR / "templates").rglob("*.html"))
    return {name for text in texts for found in ASKED.findall(text) for name in found if name}


def test_every_icon_of_a_template_is_installed() -> None:
    assert in_templates() - listed() == set()


def test_every_icon_of_navigation_and_help_is_installed() -> None:
    used = {entry.icon for group in NAVIGATION for entry in group.entries}
    used |= {shortcut.icon for shortcut in SHORTCUTS} | {topic.icon for topic in TOPICS.values()}

    assert used - listed() == set()
