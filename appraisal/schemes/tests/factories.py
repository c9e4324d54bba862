"""Schemes for tests. Everything has a sensible default; pass only what the test is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.content import Content, ItemContent, Whom
from appraisal.schemes.services.templates import find_template, template_content
from kpi_portal.people.models import Department, User

NOW = datetime(2026, 9, 15, 4, 0, tzinfo=UTC)
START = date(2026, 10, 1)

_numbers = count(1)


def make_item(weight: str = "100.00", **fields: Any) -> ItemContent:
    """Mean response time, in proportion to 60 seconds."""
    defaults: dict[str, Any] = {
        "indicator": "frt_mean",
        "rule": "linear",
        "rule_params": {"direction": "down", "target": "60"},
        "category": "timeliness",
    }
    return ItemContent(weight=Decimal(weight), **(defaults | fields))


def make_content(
    *departments: Department, items: Sequence[ItemContent] | None = None, **fields: Any
) -> Content:
    """One item of 100.00 for these departments."""
    coverage: tuple[Whom, ...] = tuple((each.pk, None) for each in departments)
    return Content(
        items=tuple([make_item()] if items is None else items),
        **({"coverage": coverage} | fields),
    )


def make_draft(
    *departments: Department,
    key: str = "",
    cycle: str = "month",
    subject: str = "agent",
    by: User | None = None,
    content: Content | None = None,
) -> SchemeVersion:
    """A scheme with a draft that could be submitted."""
    services.seed_indicators()
    key = key or f"scheme{next(_numbers)}"
    return services.create_scheme(
        key=key,
        cycle=cycle,
        subject=subject,
        names={"zh-hans": f"方案 {key}"},
        content=content or make_content(*departments),
        by=by,
        at=NOW,
    )


def make_submitted(
    *departments: Department, by: User | None = None, start: date = START, **fields: Any
) -> SchemeVersion:
    """A scheme whose first version waits for the committee."""
    draft = make_draft(*departments, by=by, **fields)
    return services.submit(draft.pk, lock=draft.lock, start=start, reason="新方案", by=by, at=NOW)


def make_active(
    *departments: Department, start: date = START, at: datetime = NOW, **fields: Any
) -> SchemeVersion:
    """A scheme in force from `start`, approved on command."""
    draft = make_draft(*departments, **fields)
    return services.activate_by_command(draft.pk, start=start, system_user="test", at=at)


def make_complaints(*departments: Department, start: date = START) -> SchemeVersion:
    """The template `complaints`, scaled and in force."""
    content = template_content(find_template("complaints"), "month", scale=True)
    coverage = tuple((each.pk, None) for each in departments)
    return make_active(content=replace(content, coverage=coverage), start=start)
