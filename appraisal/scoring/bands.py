"""Performance bands: which final falls into which band, and what is data about a band.

What follows from a band (bonus, plan) is stored here as data and carried out elsewhere.
Source: 3-scoring.md, "Bands and what follows from them".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from appraisal.scoring.arithmetic import exact, fits, plain
from appraisal.scoring.errors import BandError, Problem

FALLBACK_LANGUAGE = "zh-hans"
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open span `[lower, upper)` of finals; None is no bound on that side.

    Bounds are points with at most 2 decimals. `bonus_factor` multiplies the base bonus (1.15
    is 15 % more); None where the policy names no bonus, which HR then decides.
    `consequence` is a free key such as `improvement_plan`, empty for none. `name` by
    language code, zh-hans the one to fall back on; empty for a band that the message
    catalogue names by its key.
    """

    key: str
    lower: Decimal | None
    upper: Decimal | None
    bonus_factor: Decimal | None = None
    consequence: str = ""
    name: Mapping[str, str] = field(default_factory=dict, hash=False)

    def contains(self, final: Decimal) -> bool:
        above = self.lower is None or final >= self.lower
        return above and (self.upper is None or final < self.upper)


@dataclass(frozen=True, slots=True)
class NextBand:
    """The next better band, and by how many points (above 0) the final misses it."""

    band: Band
    distance: Decimal


@dataclass(frozen=True, slots=True)
class BandTable:
    """Bands from best to worst that hold every final exactly once.

    Raises BandError, with a problem for each gap, overlap, doubled key or bad number.
    """

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        problems = [*_each(self.bands), *_together(self.bands)]
        if problems:
            raise BandError(problems)

    def band_for(self, final: Decimal) -> Band:
        """The one band that contains `final`. A bound belongs to the better band."""
        return next(band for band in self.bands if band.contains(final))

    def get(self, key: str) -> Band:
        """The band of that key. Raises KeyError."""
        for band in self.bands:
            if band.key == key:
                return band
        raise KeyError(key)

    def limited(self, band: Band, best: str) -> Band:
        """`band`, or the band of key `best` if `band` is better than it (veto `cap_band`)."""
        order = [each.key for each in self.bands]
        return self.bands[max(order.index(band.key), order.index(best))]

    def next_band(self, final: Decimal) -> NextBand | None:
        """The band above the one of `final`; None in the best."""
        for better, band in pairwise(self.bands):
            if band.contains(final) and better.lower is not None:
                with exact():
                    return NextBand(better, better.lower - final)
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """Best first; numbers as decimal strings, no bound as null.

        There is no `upper`: a band ends where the better one begins.
        """
        return [
            {
                "key": band.key,
                "name": dict(band.name),
                "lower": None if band.lower is None else plain(band.lower),
                "bonus_factor": None
                if band.bonus_factor is None
                else format(band.bonus_factor, "f"),
                "consequence": band.consequence,
            }
            for band in self.bands
        ]

    @classmethod
    def from_json(cls, rows: Sequence[Mapping[str, Any]]) -> BandTable:
        """The table that `to_json` wrote, or a form; rows in any order.

        `lower` null or "" is no lower bound. `upper` may be left out; where it is given it
        must fit. `name` may be a plain text, which is then the zh-hans one.
        Raises BandError; its fields count rows as given where a value cannot be read, and
        best first where the bands do not fit together.
        """
        problems: list[Problem] = []
        if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
            raise BandError([Problem("not_a_list", {}, "bands")])
        bands = [_read(row, f"bands.{place}", problems) for place, row in enumerate(rows)]
        if problems:
            raise BandError(problems)
        order = sorted(range(len(bands)), key=lambda place: _from_best(bands[place]))
        joined: list[Band] = []
        for place in order:
            band = bands[place]
            if joined and "upper" not in rows[place]:
                band = replace(band, upper=joined[-1].lower)
            joined.append(band)
        return cls(tuple(joined))


def _from_best(band: Band) -> tuple[bool, Decimal]:
    return (band.lower is None, -(band.lower or Decimal(0)))


def _each(bands: Sequence[Band]) -> list[Problem]:
    problems = []
    for place, band in enumerate(bands):
        where = f"bands.{place}"
        if not band.key:
            problems.append(Problem("blank", {}, f"{where}.key"))
        for name in ("lower", "upper", "bonus_factor"):
            number = getattr(band, name)
            if number is not None and not fits(number, 4 if name == "bonus_factor" else 2):
                problems.append(Problem("bad_number", {"value": str(number)}, f"{where}.{name}"))
        if band.bonus_factor is not None and band.bonus_factor < 0:
            params = {"low": "0", "value": plain(band.bonus_factor)}
            problems.append(Problem("too_small", params, f"{where}.bonus_factor"))
    return problems


def _together(bands: Sequence[Band]) -> list[Problem]:
    if not bands:
        return [Problem("bands_empty", {}, "bands")]
    problems = []
    keys = [band.key for band in bands]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            problems.append(Problem("band_doubled", {"band": key}, f"bands.{place}.key"))
    if bands[0].upper is not None:
        problems.append(Problem("band_open_above", {"band": keys[0]}, "bands.0.upper"))
    last = len(bands) - 1
    if bands[last].lower is not None:
        problems.append(Problem("band_open_below", {"band": keys[last]}, f"bands.{last}.lower"))
    for place, band in enumerate(bands):
        if band.lower is not None and band.upper is not None and band.lower >= band.upper:
            problems.append(Problem("band_empty", {"band": band.key}, f"bands.{place}.lower"))
    for place, (better, worse) in enumerate(pairwise(bands)):
        if better.lower is None or worse.upper is None:
            code = "band_overlap"
        elif better.lower == worse.upper:
            continue
        else:
            code = "band_gap" if better.lower > worse.upper else "band_overlap"
        params = {"better": better.key, "worse": worse.key}
        problems.append(Problem(code, params, f"bands.{place}.lower"))
    return problems


def _read(row: Mapping[str, Any], where: str, problems: list[Problem]) -> Band:
    numbers: dict[str, Decimal | None] = {}
    for name in ("lower", "upper", "bonus_factor"):
        raw = row.get(name)
        numbers[name] = None
        if raw is None or raw == "":
            continue
        if isinstance(raw, str) and _NUMBER.fullmatch(raw):
            numbers[name] = Decimal(raw)
        else:
            problems.append(Problem("bad_number", {"value": str(raw)}, f"{where}.{name}"))
    title = row.get("name") or {}
    names = title if isinstance(title, Mapping) else {FALLBACK_LANGUAGE: title}
    return Band(
        key=str(row.get("key") or ""),
        lower=numbers["lower"],
        upper=numbers["upper"],
        bonus_factor=numbers["bonus_factor"],
        consequence=str(row.get("consequence") or ""),
        name={str(language): str(text) for language, text in names.items()},
    )


DEFAULT_BANDS = BandTable(
    (
        Band(
            "excellent",
            Decimal(90),
            None,
            Decimal("1.15"),
            "promotion_priority",
            {"zh-hans": "优秀", "zh-hant": "優秀", "en": "Excellent"},
        ),
        Band(
            "meets",
            Decimal(70),
            Decimal(90),
            Decimal("1.00"),
            "",
            {"zh-hans": "达标", "zh-hant": "達標", "en": "Meets"},
        ),
        Band(
            "to_improve",
            None,
            Decimal(70),
            None,
            "improvement_plan",
            {"zh-hans": "待改进", "zh-hant": "待改進", "en": "To improve"},
        ),
    )
)
"""What a new scheme starts with. Source: 3-scoring.md, and policy `complaints`."""
