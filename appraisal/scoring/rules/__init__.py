"""The scoring rules, by key, and how stored params become one of them.

To add a rule: write its class (see `base.Rule`), list it in RULES. Keys are for ever.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from appraisal.scoring.errors import Problem, RuleError
from appraisal.scoring.rules.base import Field, Kind, Rule
from appraisal.scoring.rules.change import Change
from appraisal.scoring.rules.linear import Linear
from appraisal.scoring.rules.per_unit import PerUnit
from appraisal.scoring.rules.rank import Rank
from appraisal.scoring.rules.tiers import BOUND, POINTS, Threshold, Tier, Tiers
from appraisal.scoring.rules.tolerance import Tolerance
from appraisal.scoring.rules.weightless import Deduction, Extra, Veto

RuleType = type[Rule]

RULES: Mapping[str, RuleType] = MappingProxyType(
    {
        "linear": Linear,
        "per_unit": PerUnit,
        "tiers": Tiers,
        "threshold": Threshold,
        "tolerance": Tolerance,
        "change": Change,
        "rank": Rank,
        "veto": Veto,
        "extra": Extra,
        "deduction": Deduction,
    }
)

_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")


def parse(key: str, params: Mapping[str, Any]) -> Rule:
    """The rule of that key with those params, as stored in JSON.

    Numbers are decimal strings in plain ASCII notation ("72.5"), never JSON numbers; flags
    are true or false; tiers are rows `{"bound": "95", "points": "100"}`, best first. A
    missing key, null or "" is blank: the field's default, or a problem where it has none.
    Raises RuleError with every problem found.
    """
    rule_type = RULES.get(key)
    if rule_type is None:
        raise RuleError([Problem("unknown_rule", {"rule": key}, "rule")])
    if not isinstance(params, Mapping):
        raise RuleError([Problem("not_an_object", {}, "params")])
    reader = _Reader(params)
    arguments = reader.read(rule_type)
    if reader.problems:
        raise RuleError(reader.problems)
    return rule_type(**arguments)


def required_fields(rule_type: RuleType) -> tuple[str, ...]:
    """The names of the params that may not be blank."""
    # RULES holds dataclasses only; Rule itself is none, so that each declares its own fields.
    without = {each.name for each in fields(rule_type) if each.default is MISSING}  # type: ignore[arg-type]
    return tuple(field.name for field in rule_type.FIELDS if field.stored_as in without)


class _Reader:
    """Turns JSON params into constructor arguments and collects what is wrong with them."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params
        self.problems: list[Problem] = []

    def read(self, rule_type: RuleType) -> dict[str, Any]:
        known = {field.name for field in rule_type.FIELDS}
        for name in self.params:
            if name not in known:
                self._refuse("unknown_field", str(name))
        required = required_fields(rule_type)
        arguments = {}
        for field in rule_type.FIELDS:
            raw = self.params.get(field.name)
            if raw is not None and raw != "":
                arguments[field.stored_as] = self._content(field, raw)
            elif field.name in required:
                self._refuse("blank", field.name)
        return arguments

    def _content(self, field: Field, raw: Any) -> Any:
        match field.kind:
            case Kind.FLAG:
                return self._flag(raw, field.name)
            case Kind.TIERS:
                return self._tiers(raw, field.name)
            case Kind.TEXT:
                return str(raw)
            case Kind.CHOICE:
                return self._choice(field, raw)
            case Kind.NUMBER_OR_CHOICE if isinstance(raw, str) and raw.isidentifier():
                return self._choice(field, raw)
            case _:
                return self._number(field, raw, field.name)

    def _number(self, field: Field, raw: Any, where: str) -> Decimal | None:
        if not isinstance(raw, str) or not _NUMBER.fullmatch(raw):
            self._refuse("bad_number", where, value=str(raw))
            return None
        number = Decimal(raw)
        self.problems += field.problems(number, where)
        return number

    def _choice(self, field: Field, raw: Any) -> object:
        choices = [each.value for each in field.choices or ()]
        if field.choices is None or raw not in choices:
            self._refuse("bad_choice", field.name, value=str(raw), choices=", ".join(choices))
            return None
        return field.choices(raw)

    def _flag(self, raw: Any, where: str) -> bool:
        if not isinstance(raw, bool):
            self._refuse("not_a_flag", where, value=str(raw))
            return False
        return raw

    def _tiers(self, raw: Any, where: str) -> tuple[Tier, ...]:
        if not isinstance(raw, list | tuple):
            self._refuse("not_a_list", where)
            return ()
        rows = [self._tier(row, f"{where}.{place}") for place, row in enumerate(raw)]
        return tuple(row for row in rows if row is not None)

    def _tier(self, row: Any, where: str) -> Tier | None:
        if not isinstance(row, Mapping):
            self._refuse("not_an_object", where)
            return None
        for name in row:
            if name not in ("bound", "points"):
                self._refuse("unknown_field", f"{where}.{name}")
        numbers = []
        for field in (BOUND, POINTS):
            raw = row.get(field.name)
            if raw is None or raw == "":
                self._refuse("blank", f"{where}.{field.name}")
            else:
                numbers.append(self._number(field, raw, f"{where}.{field.name}"))
        if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
            return None
        return Tier(numbers[0], numbers[1])

    def _refuse(self, code: str, where: str, **params: str) -> None:
        self.problems.append(Problem(code, params, where))
