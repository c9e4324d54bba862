"""What is said about a card: its band, its state, its distance to the next band."""

from dataclasses import dataclass
from decimal import Decimal

from appraisal.schemes.words import band_names
from appraisal.scorecards.outcome import AnyCard
from appraisal.scoring import BandTable


@dataclass(frozen=True, slots=True)
class Next:
    """The next better band and how many points are missing."""

    label: str
    distance: Decimal


def band_label(card: AnyCard) -> str:
    """The band's name in the reader's language, or the status of a card without a band."""
    if card.band:
        return band_names(card.version.bands).get(card.band, card.band)
    return str(card.get_status_display())


def next_band(card: AnyCard) -> Next | None:
    """None in the best band, and where there is no band at all."""
    if not card.band or card.final is None:
        return None
    found = BandTable.from_json(card.version.bands).next_band(card.final)
    if found is None:
        return None
    return Next(band_names(card.version.bands)[found.band.key], found.distance)


def band_bounds(card: AnyCard) -> list[tuple[Decimal, str]]:
    """The lower bounds of the card's bands with their names, for the lines of a chart."""
    names = band_names(card.version.bands)
    table = BandTable.from_json(card.version.bands)
    return [(band.lower, names[band.key]) for band in table.bands if band.lower is not None]
