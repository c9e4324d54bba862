"""Icons drawn into the page, from the installed icon package."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9-]+")
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_EMPTY_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def svg(name: str, label: str = "") -> SafeString:
    """The icon as SVG of one text line's height.

    Without `label` screen readers skip it. An icon that is not installed leaves an empty span
    that says its name as title, so that the page keeps its words.
    """
    shapes = _shapes(settings.VENDOR_DIR / "icons", name)
    if not shapes:
        return format_html('<span class="icon icon-missing" title="{}"></span>', label or name)
    said = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 24 24" width="20" height="20" fill="none"'
        ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round"'
        ' stroke-linejoin="round" focusable="false" {}>{}</svg>',
        name,
        said,
        mark_safe(shapes),
    )


@cache
def _shapes(folder: Path, name: str) -> str:
    """What stands inside the file's <svg>; empty where there is no such icon."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no icon is called {name!r}")
    try:
        source = (folder / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = _SHAPES.search(source)
    return " ".join(_EMPTY_BOX.sub("", found[1]).split()) if found else ""
