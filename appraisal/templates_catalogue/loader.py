"""Reads a scheme from YAML and says exactly where it is wrong. Writes nothing.

A file is a mapping with `key`, `names`, `bands` and `items`, and optionally the settings of a
scheme. Numbers are decimal strings, so that YAML never turns 0.1 into a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from appraisal.rule_sentences import problem_sentence
from appraisal.scoring import BandError, BandTable, ConfigurationError, Problem, parse
from appraisal.scoring.coefficients import CoefficientError, read_coefficients
from appraisal.templates_catalogue.reader import Document, Reader
from appraisal.templates_catalogue.shapes import (
    IndicatorSpec,
    OptionalItem,
    Template,
    TemplateItem,
)

FOLDER = Path(__file__).parent
LIBRARY = "indicators"
CYCLES = ("month", "quarter", "year")
SUBJECTS = ("agent", "department")
COEFFICIENT_MODES = ("none", "manual", "table")
ROLLUPS = ("recompute", "average", "blend")
POLICIES = ("redistribute", "full", "zero", "department_mean", "not_scored")
MIN_DAYS = {"month": 10, "quarter": 30, "year": 120}
"""Source: 3-scoring.md, "Missing data"."""

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,60}")
TOP = {
    "key", "names", "description", "cycle", "subject", "version", "template", "companion_of",
    "weights_total", "coefficient_mode", "coefficient_table", "maximum", "rollup", "blend_share",
    "newcomer_months", "missing_limit", "min_days", "note", "bands", "parts", "items",
    "optional", "coverage", "indicators",
}  # fmt: skip
ITEM = {
    "indicator", "category", "weight", "part", "params", "rule", "rule_params",
    "missing_policy", "min_sample", "names",
}  # fmt: skip
INDICATOR = {"code", "metric", "category", "names", "params", "target", "description"}
PART = {"key", "names", "share"}


@cache
def _all() -> Mapping[str, Template]:
    """Every scheme that comes with the portal, by key. Raises TemplateError."""
    paths = sorted(path for path in FOLDER.glob("*.yaml") if path.stem != LIBRARY)
    found = (read(path.read_text(encoding="utf-8")) for path in paths)
    return {each.key: each for each in found}


def keys() -> tuple[str, ...]:
    """The published policies, in alphabetical order."""
    return tuple(sorted(key for key, each in _all().items() if not each.companion_of))


def companions(key: str) -> tuple[str, ...]:
    """The keys of what is meant to go with a policy: the team scheme for its coefficient."""
    return tuple(sorted(each.key for each in _all().values() if each.companion_of == key))


def template(key: str) -> Template:
    """The policy or companion of that key. Raises KeyError if there is none."""
    return _all()[key]


@cache
def library() -> tuple[IndicatorSpec, ...]:
    """The indicator library. Raises TemplateError."""
    reader = Reader(Document(FOLDER.joinpath(f"{LIBRARY}.yaml").read_text(encoding="utf-8")))
    specs = _indicators(reader)
    reader.stop_if_wrong()
    return specs


def read(text: str) -> Template:
    """The scheme that `text` describes. Raises TemplateError naming every wrong place."""
    return parse_file(text)[0]


def parse_file(text: str) -> tuple[Template, Document]:
    """The scheme and the document it was read from, for whoever has more to check in it.

    Raises TemplateError naming every wrong place.
    """
    document = Document(text)
    reader = Reader(document)
    reader.only(TOP)
    found = Template(
        key=_slug(reader, "key"),
        names=reader.names("names"),
        description=reader.names("description", required=False),
        items=tuple(_item(row) for _place, row in reader.rows("items", required=False)),
        optional=_optional(reader),
        indicators=_indicators(reader) if "indicators" in reader.content else (),
        coverage=tuple(_whom(row) for _place, row in reader.rows("coverage", required=False)),
        **_settings(reader),
    )
    declared = reader.decimal("weights_total", places=2, default=None)
    if declared is not None and declared != found.weights_total:
        words = {"declared": declared, "total": found.weights_total}
        text = _("%(declared)s is written here, but the items add up to %(total)s.")
        reader.refuse("weights_total", text % words)
    reader.stop_if_wrong()
    return found, document


def _settings(reader: Reader) -> dict[str, Any]:
    share = reader.decimal("blend_share", places=2, default=Decimal("50.00"), low=0, high=100)
    limit = reader.decimal("missing_limit", places=2, default=Decimal("50.00"), low=0, high=100)
    maximum = reader.decimal(
        "maximum", places=2, default=Decimal("100.00"), low=Decimal("0.01"), high=200
    )
    months = reader.content.get("newcomer_months")
    return {
        "cycle": reader.choice("cycle", ("", *CYCLES), ""),
        "subject": reader.choice("subject", SUBJECTS, "agent"),
        "template": reader.text("template", "", longest=40),
        "companion_of": reader.text("companion_of", ""),
        "bands": _bands(reader),
        "coefficient_mode": reader.choice("coefficient_mode", COEFFICIENT_MODES, "none"),
        "coefficient_table": _coefficients(reader),
        "maximum": maximum,
        "rollup": reader.choice("rollup", ROLLUPS, "recompute"),
        "blend_share": share,
        "parts": tuple(_part(row) for _place, row in reader.rows("parts", required=False)),
        "newcomer_months": None if months is None else reader.whole("newcomer_months", 1, 600),
        "missing_limit": limit,
        "min_days": _min_days(reader),
        "note": reader.text("note", "", longest=2000),
    }


def _optional(reader: Reader) -> tuple[OptionalItem, ...]:
    rows = reader.rows("optional", required=False)
    return tuple(OptionalItem(_item(row), row.names("names")) for _place, row in rows)


def _indicators(reader: Reader) -> tuple[IndicatorSpec, ...]:
    rows = [row for _place, row in reader.rows("indicators")]
    for row in rows:
        row.only(INDICATOR)
    return tuple(
        IndicatorSpec(
            code=_slug(row, "code"),
            metric=row.text("metric", "") or row.text("code"),
            category=row.text("category", "", longest=60),
            names=row.names("names"),
            params=row.strings("params"),
            target=row.decimal("target", places=4, default=None),
            description=row.text("description", "", longest=2000),
        )
        for row in rows
    )


def _item(row: Reader) -> TemplateItem:
    row.only(ITEM)
    rule = row.text("rule")
    rule_params = row.mapping("rule_params")
    try:
        parse(rule, rule_params)
    except ConfigurationError as error:
        for problem in error.problems:
            if problem.code == "unknown_rule":
                row.refuse("rule", problem_sentence(problem))
            elif problem.code != "blank":
                row.refuse(f"rule_params.{_in_file(problem)}", problem_sentence(problem))
    weight = row.decimal("weight", places=2, default=Decimal("0.00"), low=0, high=100)
    return TemplateItem(
        indicator=_slug(row, "indicator"),
        category=row.text("category", default="", longest=60),
        weight=Decimal("0.00") if weight is None else weight,
        part=row.text("part", default="", longest=40),
        params=row.strings("params"),
        rule=rule,
        rule_params=rule_params,
        missing_policy=row.choice("missing_policy", POLICIES, "redistribute"),
        min_sample=row.whole("min_sample", 10),
    )


def _slug(row: Reader, name: str) -> str:
    text = row.text(name)
    if text and not SLUG.fullmatch(text):
        row.refuse(name, _("Only letters, digits, hyphens and underscores, at most 60."))
    return text


def _in_file(problem: Problem) -> str:
    """`tiers.2.bound` as the path of a file: `tiers[2].bound`."""
    return re.sub(r"\.(\d+)", r"[\1]", problem.field)


def _bands(reader: Reader) -> tuple[Mapping[str, Any], ...]:
    rows = [row.content for _place, row in reader.rows("bands")]
    try:
        return tuple(BandTable.from_json(rows).to_json())
    except BandError as error:
        for problem in error.problems:
            reader.refuse(_in_file(problem), problem_sentence(problem))
        return ()


def _coefficients(reader: Reader) -> tuple[Mapping[str, Any], ...]:
    rows = [row.content for _place, row in reader.rows("coefficient_table", required=False)]
    if not rows:
        return ()
    try:
        read_coefficients(rows)
    except CoefficientError as error:
        for problem in error.problems:
            where = _in_file(problem).replace("coefficients", "coefficient_table", 1)
            reader.refuse(where, problem_sentence(problem))
    return tuple({"lower": row.get("lower"), "value": row.get("value")} for row in rows)


def _part(row: Reader) -> Mapping[str, Any]:
    row.only(PART)
    share = row.decimal("share", places=2, default=None, low=0, high=100)
    return {
        "key": _slug(row, "key"),
        "names": dict(row.names("names")),
        "share": "" if share is None else str(share),
    }


def _whom(row: Reader) -> tuple[str, str | None]:
    row.only({"department", "position"})
    position = row.content.get("position")
    return row.text("department"), None if position is None else row.text("position")


def _min_days(reader: Reader) -> Mapping[str, int]:
    """Per cycle; one number stands for all."""
    given = reader.content.get("min_days", MIN_DAYS)
    if isinstance(given, int) and not isinstance(given, bool):
        return dict.fromkeys(CYCLES, reader.whole("min_days", 10, 366))
    days = reader.child("min_days", given)
    days.only(set(CYCLES))
    return {cycle: days.whole(cycle, MIN_DAYS[cycle], 366) for cycle in CYCLES}
