"""How busy the demo company is: by season, weekday and hour. Invented, believable, repeatable."""

from bisect import bisect
from datetime import date, timedelta
from itertools import accumulate
from random import Random

# Share of tickets per hour of the day, 08 to 22: peaks before noon, mid-afternoon, after dinner.
HOURS = {
    8: 3,
    9: 8,
    10: 12,
    11: 11,
    12: 6,
    13: 6,
    14: 9,
    15: 11,
    16: 10,
    17: 7,
    18: 5,
    19: 6,
    20: 7,
    21: 4,
}
# Monday to Sunday.
WEEKDAYS = (1.16, 1.08, 1.04, 1.02, 1.05, 0.88, 0.77)
_HOUR_KEYS = list(HOURS)
_HOUR_SUMS = list(accumulate(HOURS.values()))


def season(day: date) -> float:
    """How busy `day` is against an ordinary one: shopping festivals, New Year's quiet."""
    if (day.month, day.day) >= (6, 14) and (day.month, day.day) <= (6, 22):
        return 1.55
    if day.month == 11 and 9 <= day.day <= 18:
        return 1.8
    if day.month == 12 and 10 <= day.day <= 15:
        return 1.25
    if day.month in (1, 2):
        return 0.85
    return 1.0


def load(day: date) -> float:
    """Tickets on `day` against the average day."""
    return season(day) * WEEKDAYS[day.weekday()]


def second_of_day(random: Random) -> int:
    """A second after midnight, company time, at which a ticket comes in."""
    hour = _HOUR_KEYS[bisect(_HOUR_SUMS, random.random() * _HOUR_SUMS[-1])]
    return hour * 3600 + random.randrange(3600)


def count(random: Random, mean: float) -> int:
    """A whole number around `mean` (Knuth's Poisson sampler; mean below 30)."""
    limit, product, result = 2.718281828459045**-mean, random.random(), 0
    while product > limit:
        product *= random.random()
        result += 1
    return result


def rests(index: int, day: date) -> bool:
    """Whether agent `index` is off: two days a week, in rotation, so that every day is staffed."""
    week = day.toordinal() // 7
    return (day.weekday() - index - week) % 7 in (0, 1)


def span(start: date, end: date) -> list[date]:
    """The days of `[start, end)`."""
    return [start + timedelta(days=offset) for offset in range((end - start).days)]
