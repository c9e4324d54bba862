"""Reads a scheme from YAML and says exactly where it is wrong. Writes nothing.

A file is a mapping with `key`, `names` and `items`, and optionally the settings of a scheme.
Numbers are decimal strings, so that YAML never turns 0.1 into a float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from appraisal.scoring import BandError, BandTable, ConfigurationError, parse
from appraisal.templates_catalogue.reader import Reader, TemplateError

FOLDER = Path(__file__).parent
LIBRARY = "indicators"
LANGUAGES = ("zh-hans", "zh-hant", "en")
CYCLES = ("month", "quarter", "year")
COEFFICIENT_MODES = ("none", "manual")
POLICIES = ("redistribute", "full", "zero")
MIN_DAYS = {"month": 10, "quarter": 30, "year": 120}
"""Source: 3-scoring.md, "Missing data"."""

TOP = {
    "key", "names", "description", "cycle", "version", "weights_total", "coefficient_mode",
    "maximum", "missing_limit", "min_days", "note", "bands", "items", "optional", "coverage",
}  # fmt: skip
ITEM = {
    "indicator", "category", "weight", "params", "rule", "rule_params", "missing_policy",
    "min_sample", "names",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """One entry of the library; `metric` is its code where the file names none."""

    code: str
    metric: str
    category: str
    names: Mapping[str, str]
    params: Mapping[str, str]
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One item as published; the fields are those of a scheme item."""

    indicator: str
    category: str
    weight: Decimal
    params: Mapping[str, str]
    rule: str
    rule_params: Mapping[str, Any]
    missing_policy: str
    min_sample: int


@dataclass(frozen=True, slots=True)
class OptionalItem:
    """An item that the policy names but does not include; its weight is 0."""

    item: TemplateItem
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """A published policy. `weights_total` is what its weights add up to, 100 or not."""

    key: str
    names: Mapping[str, str]
    description: Mapping[str, str]
    items: tuple[TemplateItem, ...]
    bands: tuple[Mapping[str, Any], ...]
    coefficient_mode: str
    maximum: Decimal
    missing_limit: Decimal
    min_days: Mapping[str, int]
    optional: tuple[OptionalItem, ...] = field(default=())

    @property
    def weights_total(self) -> Decimal:
        return sum((item.weight for item in self.items), Decimal("0.00"))


def keys() -> tuple[str, ...]:
    """The templates that there are, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != LIBRARY))


@cache
def template(key: str) -> Template:
    """The template of that key. Raises KeyError if there is none, TemplateError if it is wrong."""
    if key not in keys():
        raise KeyError(key)
    return read(FOLDER.joinpath(f"{key}.yaml").read_text(encoding="utf-8"))


@cache
def library() -> tuple[IndicatorSpec, ...]:
    """The indicator library. Raises TemplateError."""
    reader = Reader(_document(FOLDER.joinpath(f"{LIBRARY}.yaml").read_text(encoding="utf-8")))
    rows = [row for _, row in reader.rows("indicators")]
    specs = tuple(
        IndicatorSpec(
            code=row.text("code"),
            metric=row.text("metric", default="") or row.text("code"),
            category=row.text("category"),
            names=row.names("names", LANGUAGES),
            params=row.strings("params"),
            target=row.decimal("target", places=4, default=None),
        )
        for row in rows
    )
    reader.stop_if_wrong()
    return specs


def read(text: str) -> Template:
    """The scheme that `text` describes. Raises TemplateError naming every wrong place."""
    reader = Reader(_document(text))
    reader.only(TOP)
    found = Template(
        key=reader.text("key"),
        names=reader.names("names", LANGUAGES),
        description=reader.names("description", LANGUAGES, required=False),
        items=tuple(_item(row) for _, row in reader.rows("items")),
        bands=_bands(reader),
        coefficient_mode=reader.choice("coefficient_mode", COEFFICIENT_MODES, "none"),
        maximum=reader.decimal("maximum", places=2, default=Decimal(100)) or Decimal(100),
        missing_limit=_missing_limit(reader),
        min_days=_min_days(reader),
        optional=tuple(
            OptionalItem(_item(row), row.names("names", LANGUAGES))
            for _, row in reader.rows("optional", required=False)
        ),
    )
    declared = reader.decimal("weights_total", places=2, default=None)
    if declared is not None and declared != found.weights_total:
        reader.refuse(
            "weights_total", f"{declared} is declared, the items add up to {found.weights_total}"
        )
    reader.stop_if_wrong()
    return found


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TemplateError([f"not YAML: {error}"]) from error
    if not isinstance(document, dict):
        raise TemplateError(["the file is not a mapping"])
    return document


def _item(row: Reader) -> TemplateItem:
    row.only(ITEM)
    rule = row.text("rule")
    rule_params = row.mapping("rule_params")
    try:
        parse(rule, rule_params)
    except ConfigurationError as error:
        for problem in error.problems:
            if problem.code != "blank":
                row.refuse(f"rule_params.{problem.field}", f"{problem.code} {problem.params}")
    return TemplateItem(
        indicator=row.text("indicator"),
        category=row.text("category", default=""),
        weight=row.decimal("weight", places=2, default=Decimal("0.00"), low=0, high=100)
        or Decimal("0.00"),
        params=row.strings("params"),
        rule=rule,
        rule_params=rule_params,
        missing_policy=row.choice("missing_policy", POLICIES, "redistribute"),
        min_sample=row.whole("min_sample", 10),
    )


def _bands(reader: Reader) -> tuple[Mapping[str, Any], ...]:
    rows = [row.content for _, row in reader.rows("bands")]
    try:
        return tuple(BandTable.from_json(rows).to_json())
    except BandError as error:
        for problem in error.problems:
            reader.refuse(problem.field, f"{problem.code} {problem.params}")
        return ()


def _missing_limit(reader: Reader) -> Decimal:
    limit = reader.decimal("missing_limit", places=2, default=Decimal(50), low=0, high=100)
    return Decimal(50) if limit is None else limit


def _min_days(reader: Reader) -> Mapping[str, int]:
    """Per cycle; one number stands for all."""
    given = reader.content.get("min_days", MIN_DAYS)
    if isinstance(given, int) and not isinstance(given, bool):
        return dict.fromkeys(CYCLES, given)
    days = reader.child("min_days", given)
    days.only(set(CYCLES))
    return {cycle: days.whole(cycle, MIN_DAYS[cycle]) for cycle in CYCLES}
