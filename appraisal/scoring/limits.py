"""What the items without weight and the settings together do to a card's total and band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from appraisal.scoring.card import CardSettings
from appraisal.scoring.rules.base import Rule
from appraisal.scoring.rules.weightless import Consequence, Veto


@dataclass(frozen=True, slots=True)
class Limits:
    """Points added and taken, the lowest cap of the total, the worst cap of the band."""

    extra: Decimal
    deduction: Decimal
    cap_total: Decimal | None
    cap_band: str | None


def limits(rules: Sequence[Rule], effects: Sequence[Decimal], settings: CardSettings) -> Limits:
    """The settings' own with those of the vetoes that hold and of the other items' effects.

    Raises KeyError if a veto names a band that there is not.
    """
    vetoes = [rule for rule in rules if isinstance(rule, Veto)]
    totals = [settings.cap_total]
    totals += [veto.most for veto in vetoes if veto.consequence is Consequence.CAP_TOTAL]
    caps = [cap for cap in totals if cap is not None]
    bands = [veto.band for veto in vetoes if veto.consequence is Consequence.CAP_BAND]
    if settings.cap_band is not None:
        bands.append(settings.cap_band)
    return Limits(
        extra=sum((effect for effect in effects if effect > 0), settings.extra),
        deduction=sum((-effect for effect in effects if effect < 0), settings.deduction),
        cap_total=min(caps) if caps else None,
        cap_band=_worst(bands, settings),
    )


def _worst(keys: Sequence[str], settings: CardSettings) -> str | None:
    if not keys:
        return None
    worst = settings.bands.bands[0]
    for key in keys:
        worst = settings.bands.limited(worst, settings.bands.get(key).key)
    return worst.key
