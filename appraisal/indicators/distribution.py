"""How the values of an indicator are spread over people, as numbers of a small drawing.

Never fewer than FEWEST people, and no single value: quartiles and counts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from appraisal.metric_text import value_text
from appraisal.models import Indicator, Period, Scorecard, ScoreLine
from appraisal.schemes.formulas import unit_of
from kpi_portal.people.models import User

FEWEST = 5
"""People that an aggregate needs, so that nobody can be told from it."""

MOST_BARS = 8
WIDTH, HEIGHT = 320, 120
SHOWN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of values and how many people have one in it. `x`, `y`, `width`, `height` in
    the drawing's units."""

    label: str
    people: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Box:
    """Quartiles and median as places on the drawing's axis."""

    lower: str
    median: str
    upper: str
    width: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of one period. `without` people have none, or too small a sample."""

    period: Period
    people: int
    without: int
    mean: str
    lower: str
    median: str
    upper: str
    bars: tuple[Bar, ...]
    box: Box
    start: str
    end: str
    width: int = WIDTH
    height: int = HEIGHT


def distribution(indicator: Indicator, user: User) -> Distribution | None:
    """The values of the newest computed period in which enough people have one.

    Over the cards that the reader may see; None where these are too few. Two queries.
    """
    lines = ScoreLine.objects.filter(
        indicator=indicator,
        is_department_line=False,
        scorecard__in=Scorecard.objects.visible_to(user).current(),
    )
    newest = (
        Period.objects.filter(pk__in=lines.filter(value__isnull=False).values("scorecard__period"))
        .order_by("-end_on", "cycle")
        .first()
    )
    if newest is None:
        return None
    rows = list(
        lines.filter(scorecard__period=newest)
        .order_by("value")
        .values_list("scorecard__employee", "value", "is_missing")
    )
    values = {who: value for who, value, missing in rows if value is not None and not missing}
    if len(values) < FEWEST:
        return None
    without = len({who for who, _value, _missing in rows} - set(values))
    unit = unit_of(indicator.metric, indicator.params)
    return spread(newest, sorted(values.values()), without, unit)


def spread(period: Period, values: Sequence[Decimal], without: int, unit: str) -> Distribution:
    """The drawing of at least FEWEST values in rising order."""
    low, step, count = _scale(values)
    high = low + step * count
    bars = _bars(values, low, step, count, unit)
    quarters = [quantile(values, Decimal(n) / 4) for n in (1, 2, 3)]
    places = [(each - low) / (high - low) * WIDTH for each in quarters]
    mean = sum(values, Decimal(0)) / len(values)
    return Distribution(
        period=period,
        people=len(values),
        without=without,
        mean=_text(mean, unit),
        lower=_text(quarters[0], unit),
        median=_text(quarters[1], unit),
        upper=_text(quarters[2], unit),
        bars=bars,
        start=_text(low, unit),
        end=_text(high, unit),
        box=_box(*places),
    )


def _box(lower: Decimal, median: Decimal, upper: Decimal) -> Box:
    return Box(f"{lower:.1f}", f"{median:.1f}", f"{upper:.1f}", f"{upper - lower:.1f}")


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The value below which `share` of the rising values lie, between neighbours in proportion."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _scale(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, int]:
    """Where the axis begins, its step and how many steps: round numbers, nobody's own value."""
    low, high = values[0], values[-1]
    wanted = max(3, min(MOST_BARS, len(values) // 3))
    rough = max((high - low) / wanted, SHOWN)
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    start = (low / step).to_integral_value(ROUND_FLOOR) * step
    count = int((high - start) / step) + 1
    return start, step, count


def _bars(
    values: Sequence[Decimal], low: Decimal, step: Decimal, count: int, unit: str
) -> tuple[Bar, ...]:
    people = [0] * count
    for value in values:
        people[min(int((value - low) / step), count - 1)] += 1
    tallest, width = max(people), Decimal(WIDTH) / count
    found = []
    for place, number in enumerate(people):
        height = Decimal(number) / tallest * HEIGHT
        bounds = _text(low + step * place, unit), _text(low + step * (place + 1), unit)
        found.append(
            Bar(
                label=" – ".join(bounds),
                people=number,
                x=f"{width * place + 1:.1f}",
                y=f"{HEIGHT - height:.1f}",
                width=f"{width - 2:.1f}",
                height=f"{height:.1f}",
            )
        )
    return tuple(found)


def _text(value: Decimal, unit: str) -> str:
    """Two decimals at most; long times in hours and minutes are rounded to seconds."""
    places = Decimal(1) if unit == "s" and value >= 60 else SHOWN
    shown = value.quantize(places, ROUND_HALF_UP).normalize()
    return value_text(shown + 0, unit)
