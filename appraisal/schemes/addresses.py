"""Where the pages of schemes are."""

from __future__ import annotations

from django.urls import reverse

from appraisal.models import SchemeVersion


def address(version: SchemeVersion, page: str = "scheme_version") -> str:
    """A page of the version, by URL name without the namespace; the version itself by default.

    The scheme should be loaded.
    """
    return reverse(f"appraisal:{page}", args=[version.scheme.key, version.number])
