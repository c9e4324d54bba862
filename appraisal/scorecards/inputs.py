"""What a card is built from: measured values, what rules take from outside, where people stood."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from appraisal.models import SchemeItem, SchemeVersion

ONE = Decimal("1.00")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric value as it is stored: 4 decimals or None, exact parts as text."""

    value: Decimal | None = None
    numerator: str = "0"
    denominator: str = "0"
    sample: int = 0
    left_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    is_department: bool = False


NOTHING = Measured()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a line takes from elsewhere than the employee's own records.

    `low` and `high` are the ends of the value's 95 % interval; `department_mean` is in points.
    """

    baseline: Decimal | None = None
    previous: Decimal | None = None
    rank: int | None = None
    size: int | None = None
    department_mean: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def as_json(self) -> dict[str, str | None]:
        """As a line stores it: decimal strings or null."""
        return {name: _text(getattr(self, name)) for name in Outside.__slots__}


NOTHING_OUTSIDE = Outside()


@dataclass(frozen=True, slots=True)
class Source:
    """One scheme item with what was measured for it; `decided` are points that were adjusted."""

    item: SchemeItem
    measured: Measured = NOTHING
    outside: Outside = NOTHING_OUTSIDE
    decided: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where an employee stood during `[start, end)`, and the working days of it."""

    start: date
    end: date
    department_id: int
    position_id: int | None
    supervisor_id: int | None
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where an employee stood during the period, in order; `last` is where the card belongs."""

    employee_id: int
    stays: tuple[Stay, ...]
    hired_on: date | None = None

    @property
    def last(self) -> Stay:
        return self.stays[-1]

    @property
    def department_id(self) -> int:
        return self.last.department_id

    @property
    def position_id(self) -> int | None:
        return self.last.position_id

    @property
    def supervisor_id(self) -> int | None:
        return self.last.supervisor_id

    @property
    def working_days(self) -> int:
        return sum(stay.working_days for stay in self.stays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the period under one scheme version: records of `[start, end)` count in it."""

    number: int
    start: date
    end: date
    version: SchemeVersion
    department_id: int
    position_id: int | None
    working_days: int


@dataclass(frozen=True, slots=True)
class PartInputs:
    """A part with its department's coefficient and its lines' sources."""

    part: Part
    coefficient: Decimal
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a card carries besides its lines: revision, total adjustment, parts of a roll-up."""

    revision: int = 1
    is_current: bool = True
    adjusted: Decimal = ZERO
    rollup: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    origin: str = ""


FIRST = Extras()


def _text(number: Decimal | int | None) -> str | None:
    return None if number is None else format(number, "f" if isinstance(number, Decimal) else "d")
