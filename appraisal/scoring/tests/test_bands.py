"""Every final is in exactly one band, and a table that breaks this is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.scoring import DEFAULT_BANDS, Band, BandError, BandTable

D = Decimal


def row(key: str, lower: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "lower": lower} | more


@pytest.mark.parametrize(
    ("final", "key"),
    [
        ("120", "excellent"),
        ("90", "excellent"),
        ("89.99", "meets"),
        ("70", "meets"),
        ("69.99", "to_improve"),
        ("0", "to_improve"),
    ],
)
def test_a_bound_belongs_to_the_better_band(final: str, key: str) -> None:
    assert DEFAULT_BANDS.band_for(D(final)).key == key


@pytest.mark.parametrize(
    ("final", "band", "distance"),
    [("89.99", "excellent", "0.01"), ("70", "excellent", "20"), ("69.5", "meets", "0.5")],
)
def test_the_distance_is_what_lacks_to_the_next_bound(
    final: str, band: str, distance: str
) -> None:
    following = DEFAULT_BANDS.next_band(D(final))

    assert following is not None
    assert (following.band.key, following.distance) == (band, D(distance))


def test_nothing_lacks_in_the_best_band() -> None:
    assert DEFAULT_BANDS.next_band(D(90)) is None


def test_the_default_bands_are_those_of_the_policy() -> None:
    rows = [(band.key, band.bonus_factor, band.consequence) for band in DEFAULT_BANDS.bands]

    assert rows == [
        ("excellent", D("1.15"), "promotion_priority"),
        ("meets", D("1.00"), ""),
        ("to_improve", None, "improvement_plan"),
    ]
    assert [band.name["zh-hans"] for band in DEFAULT_BANDS.bands] == ["优秀", "达标", "待改进"]


def test_a_table_survives_json() -> None:
    stored = DEFAULT_BANDS.to_json()

    assert BandTable.from_json(stored) == DEFAULT_BANDS
    assert stored[0] == {
        "key": "excellent",
        "name": {"zh-hans": "优秀", "zh-hant": "優秀", "en": "Excellent"},
        "lower": "90",
        "bonus_factor": "1.15",
        "consequence": "promotion_priority",
    }
    assert (stored[2]["lower"], stored[2]["bonus_factor"]) == (None, None)


def test_rows_may_come_in_any_order_and_without_upper_bounds() -> None:
    table = BandTable.from_json([row("c", ""), row("a", "85.5", name="优"), row("b", "60")])

    bounds = [(band.key, band.lower, band.upper) for band in table.bands]
    assert bounds == [("a", D("85.5"), None), ("b", D(60), D("85.5")), ("c", None, D(60))]
    assert table.bands[0].name == {"zh-hans": "优"}
    assert table.bands[1] == Band("b", D(60), D("85.5"))


@pytest.mark.parametrize(
    ("rows", "code", "field"),
    [
        ([], "bands_empty", "bands"),
        ("abc", "not_a_list", "bands"),
        ({"key": "a"}, "not_a_list", "bands"),
        (["a"], "not_a_list", "bands"),
        ([row("", None)], "blank", "bands.0.key"),
        ([row("a", "x")], "bad_number", "bands.0.lower"),
        ([row("a", 90)], "bad_number", "bands.0.lower"),
        ([row("a", "90.001"), row("b", None)], "bad_number", "bands.0.lower"),
        ([row("a", None, bonus_factor="1.00001")], "bad_number", "bands.0.bonus_factor"),
        ([row("a", None, bonus_factor="-1")], "too_small", "bands.0.bonus_factor"),
        ([row("a", "90"), row("a", None)], "band_doubled", "bands.1.key"),
        ([row("a", "90")], "band_open_below", "bands.0.lower"),
        ([row("a", None, upper="90")], "band_open_above", "bands.0.upper"),
        ([row("a", "90"), row("b", None, upper="80")], "band_gap", "bands.0.lower"),
        ([row("a", "90"), row("b", None, upper="95")], "band_overlap", "bands.0.lower"),
        ([row("a", "90"), row("b", None, upper=None)], "band_overlap", "bands.0.lower"),
        ([row("a", "90"), row("b", "90"), row("c", None)], "band_empty", "bands.1.lower"),
        ([row("a", None), row("b", None)], "band_overlap", "bands.0.lower"),
    ],
)
def test_a_table_that_is_no_partition_is_refused(rows: Any, code: str, field: str) -> None:
    with pytest.raises(BandError) as refused:
        BandTable.from_json(rows)

    found = [(problem.code, problem.field) for problem in refused.value.problems]
    assert (code, field) in found


def test_bands_in_disorder_are_refused() -> None:
    with pytest.raises(BandError):
        BandTable(tuple(reversed(DEFAULT_BANDS.bands)))


def test_limiting_never_lifts_a_band() -> None:
    excellent, meets, _ = DEFAULT_BANDS.bands

    assert DEFAULT_BANDS.limited(excellent, "meets") == meets
    assert DEFAULT_BANDS.limited(meets, "excellent") == meets


def test_a_band_is_found_by_its_key() -> None:
    assert DEFAULT_BANDS.get("meets") == DEFAULT_BANDS.bands[1]
    with pytest.raises(KeyError):
        DEFAULT_BANDS.get("superb")
