"""`rank`: points by place, ties share the better one, few colleagues are no data."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.scoring import (
    Context,
    Direction,
    Missing,
    Part,
    appraise,
    explain_line,
    parse,
    ranks,
)
from appraisal.scoring.tests.factories import make_item

D = Decimal
RANK = parse("rank", {"direction": "up"})


@pytest.mark.parametrize(
    ("rank", "size", "points"),
    [
        (1, 5, "100.00"),
        (2, 5, "75.00"),
        (5, 5, "0.00"),
        (1, 30, "100.00"),
        (2, 30, "96.55"),
        (30, 30, "0.00"),
        (3, 10, "77.78"),
    ],
)
def test_points_fall_evenly_from_the_best_place_to_the_last(
    rank: int, size: int, points: str
) -> None:
    assert str(RANK.points(D(1), Context(rank=rank, size=size))) == points


def test_among_fewer_than_five_nothing_is_scored() -> None:
    assert RANK.missing(D(1), Context(rank=1, size=4)) is Missing.SMALL_GROUP
    assert RANK.missing(D(1), Context(rank=1, size=5)) is None
    assert RANK.missing(D(1), Context(size=5)) is Missing.NO_RANK
    assert RANK.missing(D(1), Context(rank=1)) is Missing.NO_RANK
    with pytest.raises(ValueError, match="no place"):
        RANK.unlimited(D(1), Context(rank=1))
    with pytest.raises(ValueError, match="no place"):
        RANK.unlimited(D(1), Context(size=9))


def test_ties_share_the_better_place() -> None:
    values = {"a": D(90), "b": D(80), "c": D(80), "d": D(70)}

    assert ranks(values, Direction.UP) == {"a": (1, 4), "b": (2, 4), "c": (2, 4), "d": (4, 4)}
    assert ranks(values, Direction.DOWN) == {"d": (1, 4), "b": (2, 4), "c": (2, 4), "a": (4, 4)}
    assert ranks({}, Direction.UP) == {}


@pytest.mark.parametrize(
    ("rank", "size", "quartile"),
    [(1, 5, "1"), (2, 5, "1"), (3, 5, "2"), (4, 5, "3"), (5, 5, "4"), (2, 8, "1"), (3, 8, "2")],
)
def test_the_quartile_is_printed_and_never_place_or_number(
    rank: int, size: int, quartile: str
) -> None:
    context = Context(rank=rank, size=size)
    points = RANK.points(D("83.1"), context)

    parts = RANK.describe(D("83.1"), points, context)

    assert parts[0] == Part("rule.rank", {})
    assert parts[1] == Part("result.rank", {"quartile": quartile, "points": str(points)})
    assert len(parts) == 2
    assert RANK.target_line(context) is None
    assert RANK.target_words(context) == Part("target.rank", {})


def test_an_item_carries_place_and_number_to_its_rule() -> None:
    card = appraise([make_item("83", rule=RANK, rank=2, size=6)])

    assert str(card.final) == "80.00"


def test_a_small_group_is_explained_without_its_number() -> None:
    item = make_item("83", rule=RANK, rank=1, size=3)

    (line,) = appraise([item]).lines

    assert line.missing is Missing.SMALL_GROUP
    assert Part("missing.small_group", {"least": "5"}) in explain_line(item, line)
