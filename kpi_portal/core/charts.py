"""Charts as SVG text, drawn on the server: no script, no inline style, colours by class.

Each function is pure: numbers and words in, markup out. Every drawing has a title and a
description for screen readers, and the page shows the same numbers as a table beside it.
Coordinates are in the drawing's own units; the stylesheet scales type on narrow screens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2s
from itertools import pairwise

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kpi_portal.core.text import Number, exact, points, thin_number

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 16, 22, 30
MOST_PERIODS = 12


@dataclass(frozen=True, slots=True)
class Dot:
    """One period of a trend: its short label, its value (None is a gap) and where it leads."""

    label: str
    value: Number
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """One column of a distribution: the span it stands for in words, and how many fall in it."""

    label: str
    count: int


def _n(value: float | Decimal) -> str:
    """A coordinate: at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _frame(kind: str, body: Iterable[str], *, title: str, desc: str, size: str = "") -> SafeString:
    box = size or f"0 0 {WIDTH} {HEIGHT}"
    key = blake2s(f"{kind}{title}{desc}".encode(), digest_size=4).hexdigest()
    return mark_safe(
        f'<svg class="chart chart-{kind}" viewBox="{box}" role="img"'
        f' aria-labelledby="t{key}" aria-describedby="d{key}" focusable="false">'
        f'<title id="t{key}">{conditional_escape(title)}</title>'
        f'<desc id="d{key}">{conditional_escape(desc)}</desc>{"".join(body)}</svg>'
    )


def _text(x: float, y: float, words: str, css: str, anchor: str = "middle") -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
    return f'<text class="{css}" {place}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line class="{css}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _span(values: Sequence[Decimal], low: Number, high: Number) -> tuple[Decimal, Decimal]:
    """The axis: the wanted ends, else round ones around the values with some air."""
    least, most = exact(low), exact(high)
    air = (max(values) - min(values)) / 5 or abs(max(values)) / 10 or Decimal(1)
    bottom = min(values) - air if least is None else min(least, *values)
    top = max(values) + air if most is None else max(most, *values)
    return (bottom, top) if top > bottom else (bottom, bottom + 1)


def trend(
    dots: Sequence[Dot],
    *,
    title: str,
    desc: str = "",
    bounds: Sequence[tuple[Number, str]] = (),
    low: Number = None,
    high: Number = None,
    compared: Sequence[Dot] = (),
    compared_label: str = "",
) -> SafeString:
    """A line over at most 12 periods, oldest first; a period without value breaks the line.

    `bounds` are horizontal lines, each a value and its word (targets, band bounds). `compared`
    is a second, dashed line over the same periods. Returns an empty text without any value.
    """
    dots, compared = dots[-MOST_PERIODS:], compared[-MOST_PERIODS:]
    values = [value for dot in [*dots, *compared] if (value := exact(dot.value)) is not None]
    if not values:
        return mark_safe("")
    marks = [(value, word) for raw, word in bounds if (value := exact(raw)) is not None]
    near = [value for value, _word in marks if low is None]
    bottom, top = _span([*values, *near], low, high)
    body = [*_bounds(marks, bottom, top)]
    if compared:
        body += _curve(compared, bottom, top, "b", compared_label)
    body += _curve(dots, bottom, top, "a", "", sparse=bool(compared))
    body += [
        _text(_place(index, len(dots)), HEIGHT - 8, dot.label, _label_css(index, len(dots)))
        for index, dot in enumerate(dots)
    ]
    return _frame("trend", body, title=title, desc=desc or _said(dots))


def _said(dots: Sequence[Dot]) -> str:
    return ", ".join(f"{dot.label}: {points(dot.value)}" for dot in dots)


def _label_css(index: int, count: int) -> str:
    """Every second label makes room on narrow screens; the last always stays."""
    minor = (count - 1 - index) % 2 and count > 6
    return "chart-label chart-minor" if minor else "chart-label"


def _place(index: int, count: int) -> float:
    step = (WIDTH - LEFT - RIGHT) / count
    return LEFT + step * (index + 0.5)


def _height(value: Decimal, bottom: Decimal, top: Decimal) -> float:
    return float(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - bottom) / (top - bottom))


def _bounds(marks: Sequence[tuple[Decimal, str]], bottom: Decimal, top: Decimal) -> Iterable[str]:
    yield _line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "chart-axis")
    for value, word in marks:
        if bottom <= value <= top:
            y = _height(value, bottom, top)
            yield _line(LEFT, y, WIDTH - RIGHT, y, "chart-bound")
            yield _text(LEFT - 6, y + 4, thin_number(value), "chart-label", "end")
            if word:
                yield _text(LEFT + 4, y - 4, word, "chart-label chart-word", "start")


def _curve(
    dots: Sequence[Dot],
    bottom: Decimal,
    top: Decimal,
    series: str,
    name: str,
    *,
    sparse: bool = False,
) -> list[str]:
    """One line with its dots. `sparse` writes figures only at the highest, lowest and last."""
    spots = [
        (_place(index, len(dots)), _height(value, bottom, top)) if value is not None else None
        for index, value in enumerate(exact(dot.value) for dot in dots)
    ]
    body = [
        _line(*one, *other, f"chart-line chart-{series}")
        for one, other in pairwise(spots)
        if one and other
    ]
    there = [index for index, spot in enumerate(spots) if spot]
    last = there[-1] if there else 0
    lowest_highest = _extremes(dots, there)
    ends = {last, *lowest_highest}
    for index, (dot, spot) in enumerate(zip(dots, spots, strict=True)):
        if spot:
            body.append(_spot(dot, *spot, series))
            if series == "a" and (index in ends or not sparse):
                css = "chart-value" if index in ends else "chart-value chart-minor"
                below = sparse and index == lowest_highest[0]
                y = spot[1] + 17 if below else max(spot[1] - 9, 12)
                body.append(_text(spot[0], y, points(dot.value), css))
    if name:
        body.append(_line(LEFT, 8, LEFT + 22, 8, f"chart-line chart-{series}"))
        body.append(_text(LEFT + 28, 13, name, "chart-label", "start"))
    return body


def _extremes(dots: Sequence[Dot], there: Sequence[int]) -> list[int]:
    """Where the lowest and the highest value stand."""
    values = {index: exact(dots[index].value) or Decimal(0) for index in there}
    return (
        [min(values, key=lambda i: values[i]), max(values, key=lambda i: values[i])]
        if (values)
        else []
    )


def _spot(dot: Dot, x: float, y: float, series: str) -> str:
    said = escape(f"{dot.label}: {points(dot.value)}")
    circle = (
        f'<circle class="chart-dot chart-{series}" cx="{_n(x)}" cy="{_n(y)}" r="4">'
        f"<title>{said}</title></circle>"
    )
    if not dot.url:
        return circle
    return f'<a href="{escape(dot.url)}" aria-label="{said}">{circle}</a>'


def score_bar(
    value: Number, *, target: Number = None, label: str = "", full: Number = 100
) -> SafeString:
    """A horizontal bar of `value` out of `full` with a tick at `target` (same unit).

    `label` says it to screen readers; without one the bar is decoration beside its number.
    No value gives an empty track.
    """
    share, most = exact(value), exact(full) or Decimal(100)
    body = ['<rect class="bar-track" x="0" y="3" width="100" height="8" rx="1"/>']
    if share is not None:
        width = min(max(share / most * 100, Decimal(0)), Decimal(100))
        css = "bar-fill bar-full" if share >= most else "bar-fill"
        body.append(f'<rect class="{css}" x="0" y="3" width="{_n(width)}" height="8" rx="1"/>')
    tick = exact(target)
    if tick is not None:
        x = min(max(tick / most * 100, Decimal(0)), Decimal(100))
        body.append(_line(float(x), 0, float(x), 14, "bar-tick"))
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(
        f'<svg class="score-bar" viewBox="0 0 100 14" preserveAspectRatio="none" focusable="false"'
        f" {said}>{''.join(body)}</svg>"
    )


def histogram(bins: Sequence[Bin], *, title: str, desc: str = "") -> SafeString:
    """Columns of how many fall in each span, with the count above each."""
    return overlay(bins, (), title=title, desc=desc)


def overlay(
    before: Sequence[Bin],
    after: Sequence[Bin],
    *,
    title: str,
    desc: str = "",
    labels: tuple[str, str] = ("", ""),
) -> SafeString:
    """Two distributions over the same spans: columns, and an outline stepped over them.

    `labels` name the two in the legend. With an empty `after` it is a plain histogram.
    """
    most = max((each.count for each in [*before, *after]), default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(before), 1)
    body = [_line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "chart-axis")]
    for index, each in enumerate(before):
        x, high = LEFT + index * step, (HEIGHT - TOP - BOTTOM) * each.count / most
        body.append(
            f'<rect class="chart-column chart-a" x="{_n(x + step * 0.1)}"'
            f' y="{_n(HEIGHT - BOTTOM - high)}" width="{_n(step * 0.8)}" height="{_n(high)}">'
            f"<title>{escape(each.label)}: {each.count}</title></rect>"
        )
        middle = x + step / 2
        if each.count and not after:
            body.append(_text(middle, HEIGHT - BOTTOM - high - 5, str(each.count), "chart-value"))
        body.append(_text(middle, HEIGHT - 8, each.label, _label_css(index, len(before))))
    if after:
        body += _steps(after, step, most)
        body += _legend(labels)
    said = desc or ", ".join(f"{each.label}: {each.count}" for each in after or before)
    return _frame("distribution", body, title=title, desc=said)


def _steps(bins: Sequence[Bin], step: float, most: int) -> list[str]:
    path, floor = f"M{_n(LEFT)} {_n(HEIGHT - BOTTOM)}", HEIGHT - BOTTOM
    for index, each in enumerate(bins):
        y = floor - (HEIGHT - TOP - BOTTOM) * each.count / most
        path += f"V{_n(y)}H{_n(LEFT + (index + 1) * step)}"
    return [f'<path class="chart-outline chart-b" d="{path}V{_n(floor)}"/>']


def _legend(labels: tuple[str, str]) -> list[str]:
    if not any(labels):
        return []
    right = WIDTH - RIGHT
    return [
        f'<rect class="chart-column chart-a" x="{right - 190}" y="2" width="14" height="10"/>',
        _text(right - 170, 12, labels[0], "chart-label", "start"),
        _line(right - 90, 7, right - 74, 7, "chart-outline chart-b"),
        _text(right - 68, 12, labels[1], "chart-label", "start"),
    ]


def curve(
    course: Sequence[tuple[Number, Number]],
    *,
    title: str,
    desc: str = "",
    marks: Sequence[tuple[Number, str]] = (),
    seen: Sequence[Number] = (),
) -> SafeString:
    """Points (0 to 100, upwards) over an indicator's value: how a scoring rule behaves.

    `course` holds (value, points) from left to right. `marks` are values with a word, such as
    the target; `seen` are values that the team really had, drawn as strokes on the axis.
    """
    spots = [
        (x, y)
        for raw_x, raw_y in course
        if (x := exact(raw_x)) is not None and (y := exact(raw_y)) is not None
    ]
    if len(spots) < 2:
        return mark_safe("")
    first, last = spots[0][0], spots[-1][0]
    wide = (last - first) or Decimal(1)

    def across(value: Decimal) -> float:
        return float(10 + 220 * min(max((value - first) / wide, Decimal(0)), Decimal(1)))

    def up(value: Decimal) -> float:
        return float(74 - Decimal("0.62") * min(max(value, Decimal(0)), Decimal(100)))

    path = "L".join(f"{_n(across(x))} {_n(up(y))}" for x, y in spots)
    body = [_line(10, 74, 230, 74, "chart-axis")]
    for raw, word in marks:
        if (mark := exact(raw)) is not None:
            body += [
                _line(across(mark), 8, across(mark), 74, "chart-bound"),
                _text(across(mark), 88, word or thin_number(mark), "chart-label"),
            ]
    body += [
        _line(across(value), 70, across(value), 74, "chart-seen")
        for raw in seen
        if (value := exact(raw)) is not None
    ]
    body.append(f'<path class="chart-outline chart-a" d="M{path}"/>')
    said = desc or _("from %(low)s to %(high)s") % {
        "low": thin_number(first),
        "high": thin_number(last),
    }
    return _frame("curve", body, title=title, desc=said, size="0 0 240 92")
