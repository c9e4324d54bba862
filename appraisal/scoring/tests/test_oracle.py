"""The engine and a naive second implementation agree on random cards (9-promises.md, V27)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from appraisal.scoring import appraise
from appraisal.scoring.tests.oracle import answer
from appraisal.scoring.tests.strategies import PlainCard, plain_cards, to_items, to_settings


def fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


@given(plain_cards())
def test_the_engine_gives_what_the_oracle_gives(plain: PlainCard) -> None:
    card = appraise(to_items(plain), to_settings(plain))

    expected = answer(plain)
    assert card.status == expected.status
    assert [fraction(line.points) for line in card.lines] == expected.points
    assert [Fraction(line.weight) for line in card.lines] == expected.weights
    assert [Fraction(line.contribution) for line in card.lines] == expected.contributions
    assert fraction(card.subtotal) == expected.subtotal
    assert fraction(card.final) == expected.final
    assert (card.band.key if card.band else None) == expected.band
