"""A version as one readable YAML file, in the format of the template catalogue."""

from __future__ import annotations

from typing import Any

import yaml

from appraisal.models import Indicator, Scheme, SchemeVersion
from appraisal.schemes.content import Content, content_of
from appraisal.schemes.describe import as_plain
from appraisal.templates_catalogue import library


def version_document(version: SchemeVersion) -> dict[str, Any]:
    """The version as plain data: a template's fields, and where it came from.

    Items and coverage should be prefetched with indicators, departments and positions.
    """
    content = content_of(version)
    coverage = [
        {
            "department": each.department.code,
            "position": each.position.code if each.position else None,
        }
        for each in version.coverage.all()
    ]
    document: dict[str, Any] = {"key": version.scheme.key, "names": names_of(version.scheme)}
    document |= {"cycle": version.scheme.cycle, "subject": version.scheme.subject}
    document |= {"version": version.number}
    if version.scheme.template:
        document["template"] = version.scheme.template
    document |= settings_document(content) | {"coverage": coverage}
    own = _own_indicators(version)
    if own:
        document["indicators"] = own
    return document | items_document(content)


def settings_document(content: Content) -> dict[str, Any]:
    """All settings; what is usual and says nothing is left out."""
    document: dict[str, Any] = {
        "weights_total": str(content.total),
        "coefficient_mode": content.coefficient_mode,
    }
    if content.coefficient_table:
        document["coefficient_table"] = [dict(row) for row in content.coefficient_table]
    document |= {"maximum": str(content.maximum), "rollup": content.rollup}
    document |= {"blend_share": str(content.blend_share)}
    if content.newcomer_months is not None:
        document["newcomer_months"] = content.newcomer_months
    document |= {"missing_limit": str(content.missing_limit), "min_days": content.min_days}
    if content.note:
        document["note"] = content.note
    return document


def items_document(content: Content) -> dict[str, Any]:
    """Bands, parts and items."""
    document: dict[str, Any] = {"bands": [dict(band) for band in content.bands]}
    if content.parts:
        document["parts"] = [dict(part) for part in content.parts]
    return document | {"items": [as_plain(item) for item in content.items]}


def as_yaml(document: dict[str, Any]) -> str:
    """The document as text; equal documents give equal texts."""
    return yaml.safe_dump(
        document, allow_unicode=True, sort_keys=False, default_flow_style=False, width=100
    )


def version_yaml(version: SchemeVersion) -> str:
    """The version as text; equal versions give equal texts."""
    return as_yaml(version_document(version))


def names_of(named: Scheme | Indicator) -> dict[str, str]:
    """The names that there are, by language."""
    names = {"zh-hans": named.name, "zh-hant": named.name_zh_hant, "en": named.name_en}
    return {code: name for code, name in names.items() if name}


def _own_indicators(version: SchemeVersion) -> list[dict[str, Any]]:
    """The indicators used that do not come with the portal, so that the file stands alone."""
    shipped = {each.code for each in library()}
    own = {item.indicator.code: item.indicator for item in version.items.all()}
    return [_indicator(own[code]) for code in sorted(own) if code not in shipped]


def _indicator(indicator: Indicator) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": indicator.code,
        "metric": indicator.metric,
        "category": indicator.category,
        "names": names_of(indicator),
    }
    if indicator.params:
        row["params"] = dict(indicator.params)
    if indicator.target is not None:
        row["target"] = format(indicator.target.normalize(), "f")
    if indicator.description:
        row["description"] = indicator.description
    return row
