"""Drawings: well-formed, described in words, without inline style; gaps stay gaps."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from kpi_portal.core import charts
from kpi_portal.core.charts import Bin, Dot

DOTS = [Dot("1月", Decimal("80.5")), Dot("2月", None), Dot("3月", 90), Dot("4月", 85, "/c/4/")]
BINS = [Bin("60–70", 3), Bin("70–80", 8), Bin("80–90", 0)]

decimals = st.decimals(-10_000, 10_000, places=2)


def tree(drawing: SafeString) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def count(drawing: SafeString, tag: str, css: str) -> int:
    found = tree(drawing).iter(tag)
    return sum(1 for each in found if css in each.get("class", "").split())


@pytest.mark.parametrize(
    "drawing",
    [
        charts.trend(DOTS, title="趋势 <&>", bounds=[(90, "优秀")], compared=DOTS),
        charts.histogram(BINS, title="分布"),
        charts.overlay(BINS, BINS, title="前后", labels=("前", "后")),
        charts.curve([(0, 100), (60, 0)], title="规则", marks=[(30, "目标")], seen=[10, 20]),
    ],
)
def test_every_chart_says_what_it_shows(drawing: SafeString) -> None:
    root = tree(drawing)

    assert root.get("role") == "img"
    assert root.findtext("title")
    assert root.findtext("desc")
    assert root.get("aria-labelledby") == root.find("title").get("id")  # type: ignore[union-attr]
    assert "style=" not in drawing


def test_a_period_without_value_breaks_the_line() -> None:
    drawing = charts.trend(DOTS, title="t")

    assert count(drawing, "line", "chart-line") == 1
    assert count(drawing, "circle", "chart-dot") == 3
    assert "2月: —" in drawing


def test_a_trend_keeps_the_twelve_newest_periods() -> None:
    dots = [Dot(str(month), month) for month in range(20)]

    assert count(charts.trend(dots, title="t"), "circle", "chart-dot") == 12


def test_nothing_measured_is_no_chart() -> None:
    assert charts.trend([Dot("1月", None)], title="t") == ""


def test_a_dot_with_an_address_is_a_link() -> None:
    links = list(tree(charts.trend(DOTS, title="t")).iter("a"))

    assert [link.get("href") for link in links] == ["/c/4/"]
    assert links[0].get("aria-label") == "4月: 85.00"


@given(st.lists(st.none() | decimals, min_size=1, max_size=14))
def test_any_numbers_stay_inside_the_picture(values: list[Decimal | None]) -> None:
    drawing = charts.trend([Dot(str(i), value) for i, value in enumerate(values)], title="t")

    if drawing:
        for circle in tree(drawing).iter("circle"):
            assert 0 <= float(circle.get("cx", "-1")) <= charts.WIDTH
            assert 0 <= float(circle.get("cy", "-1")) <= charts.HEIGHT


def test_the_bar_is_as_long_as_the_points() -> None:
    root = tree(charts.score_bar(Decimal("82.76"), target=90, label="82.76 分，目标 90"))
    fill = next(each for each in root.iter("rect") if "bar-fill" in each.get("class", ""))
    tick = next(iter(root.iter("line")))

    assert (fill.get("width"), tick.get("x1")) == ("82.76", "90")
    assert root.get("aria-label") == "82.76 分，目标 90"


@pytest.mark.parametrize(("points", "width"), [(120, "100"), (-5, "0"), (0, "0")])
def test_the_bar_never_leaves_its_track(points: int, width: str) -> None:
    fills = [
        e for e in tree(charts.score_bar(points)).iter("rect") if "bar-fill" in e.get("class", "")
    ]

    assert fills[0].get("width") == width


def test_no_score_is_an_empty_track() -> None:
    drawing = charts.score_bar(None)

    assert "bar-fill" not in drawing
    assert 'aria-hidden="true"' in drawing


def test_a_distribution_draws_every_span() -> None:
    drawing = charts.histogram(BINS, title="分布")

    assert count(drawing, "rect", "chart-column") == 3
    assert "70–80: 8" in drawing


def test_words_are_escaped() -> None:
    dots = [Dot("<script>", 1), Dot("b", 2)]

    assert "<script>" not in charts.trend(dots, title="<script>", bounds=[(1, "<script>")])
