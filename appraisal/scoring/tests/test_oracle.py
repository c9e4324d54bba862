"""The engine and a naive second implementation agree on random cards (9-promises.md, V27).

A few hundred cards by default; with the marker `long` 10,000.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appraisal.scoring import (
    Rollup,
    Status,
    appraise,
    combine_segments,
    lookup_coefficient,
    roll_up,
)
from appraisal.scoring.tests import oracle
from appraisal.scoring.tests.strategies import (
    PlainCard,
    decimal,
    numbers,
    optional,
    plain_cards,
    to_items,
    to_settings,
)

FINALS = optional(numbers("0", "120"))
FEW = settings(max_examples=300, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
SEGMENTS = st.lists(
    st.tuples(FINALS, st.integers(0, 66), st.sampled_from([each.value for each in Status])),
    min_size=1,
    max_size=4,
)
PARTS = st.lists(st.tuples(FINALS, st.integers(0, 12)), max_size=4)
MODES = st.sampled_from([each.value for each in Rollup])


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def agree(plain: PlainCard) -> None:
    card = appraise(to_items(plain), to_settings(plain))

    expected = oracle.answer(plain)
    assert card.status == expected.status
    assert [fraction(line.points) for line in card.lines] == expected.points
    assert [Fraction(line.weight) for line in card.lines] == expected.weights
    assert [Fraction(line.contribution) for line in card.lines] == expected.contributions
    assert [fraction(line.effect) for line in card.lines] == expected.effects
    assert [line.holds for line in card.lines] == expected.holds
    assert fraction(card.subtotal) == expected.subtotal
    assert fraction(card.final) == expected.final
    assert (card.band.key if card.band else None) == expected.band
    assert [line.position - 1 for line in card.lines if line.is_borderline] == expected.borderline


@FEW
@given(plain_cards())
def test_the_engine_gives_what_the_oracle_gives(plain: PlainCard) -> None:
    agree(plain)


@pytest.mark.long
@MANY
@given(plain_cards())
def test_the_engine_gives_what_the_oracle_gives_on_many_cards(plain: PlainCard) -> None:
    agree(plain)


@given(SEGMENTS)
def test_segments_are_combined_as_the_oracle_does(segments: list[tuple[str, int, str]]) -> None:
    final, status = combine_segments(
        [(decimal(final), days, Status(status)) for final, days, status in segments]
    )

    assert (fraction(final), status.value) == oracle.combined(segments)


@given(mode=MODES, recomputed=FINALS, parts=PARTS, share=numbers("0", "100"))
def test_quarters_and_years_are_rolled_up_as_the_oracle_does(
    mode: str, recomputed: str, parts: list[tuple[str, int]], share: str
) -> None:
    final = roll_up(
        mode,
        decimal(recomputed),
        [(decimal(each), months) for each, months in parts],
        Decimal(share),
    )

    assert fraction(final) == oracle.rolled(mode, recomputed, parts, share)


@st.composite
def coefficient_tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    bounds = draw(st.lists(numbers("0", "120"), max_size=5, unique_by=Decimal))
    bounds.sort(key=Decimal, reverse=True)
    return [{"lower": bound, "value": draw(numbers("0.01", "2"))} for bound in [*bounds, None]]


@given(rows=coefficient_tables(), final=FINALS)
def test_coefficients_are_looked_up_as_the_oracle_does(
    rows: list[dict[str, Any]], final: str
) -> None:
    assert fraction(lookup_coefficient(rows, decimal(final))) == oracle.coefficient(rows, final)
