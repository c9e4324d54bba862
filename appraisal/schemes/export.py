"""A version as one readable YAML file, in the format of the template catalogue."""

from __future__ import annotations

from typing import Any

import yaml

from appraisal.models import Scheme, SchemeVersion
from appraisal.schemes.content import content_of
from appraisal.schemes.describe import as_plain


def version_document(version: SchemeVersion) -> dict[str, Any]:
    """The version as plain data: a template's fields, and where it came from.

    Items and coverage should be prefetched with indicators, departments and positions.
    """
    content = content_of(version)
    document: dict[str, Any] = {
        "key": version.scheme.key,
        "names": _names(version.scheme),
        "cycle": version.scheme.cycle,
        "version": version.number,
        "weights_total": str(content.total),
        "coefficient_mode": content.coefficient_mode,
        "maximum": str(content.maximum),
        "missing_limit": str(content.missing_limit),
        "min_days": content.min_days,
    }
    if content.note:
        document["note"] = content.note
    return document | {
        "coverage": [
            {
                "department": each.department.code,
                "position": each.position.code if each.position else None,
            }
            for each in version.coverage.all()
        ],
        "bands": [dict(band) for band in content.bands],
        "items": [as_plain(item) for item in content.items],
    }


def version_yaml(version: SchemeVersion) -> str:
    """The document as text; equal versions give equal texts."""
    return yaml.safe_dump(
        version_document(version), allow_unicode=True, sort_keys=False, default_flow_style=False
    )


def _names(scheme: Scheme) -> dict[str, str]:
    """All three languages; where the company has none it is the 简体中文."""
    return {
        "zh-hans": scheme.name,
        "zh-hant": scheme.name_zh_hant or scheme.name,
        "en": scheme.name_en or scheme.name,
    }
