"""Numbers, durations and dates as people read them, in the reader's language."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from kpi_portal.core.decimals import rounded

Number = Decimal | Fraction | int | float | str | None

DASH = "—"
MINUS = "\u2212"
THIN = "\u2009"  # between groups of three digits
GAP = "\u00a0"  # between a number and its unit: they never part
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def exact(value: Number) -> Decimal | None:
    """The number, or None for None, empty text and text that is no number."""
    if value is None or value == "":
        return None
    if isinstance(value, Fraction):
        return rounded(value, 10)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _fixed(number: Decimal, places: int) -> str:
    """Digits with a real minus sign and thin spaces between groups of three."""
    step = Decimal(1).scaleb(-places)
    digits = format(abs(number).quantize(step, ROUND_HALF_UP), ",f").replace(",", THIN)
    negative = number < 0 and any(digit in "123456789" for digit in digits)
    return f"{MINUS}{digits}" if negative else digits


def _plain(number: Decimal, places: int) -> str:
    """As `_fixed`, without zeros after the last decimal that says something."""
    digits = _fixed(number, places)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def points(value: Number, places: int = 2) -> str:
    """`87.62`; a dash for no value."""
    number = exact(value)
    return DASH if number is None else _fixed(number, places)


def percent(value: Number, places: int = 2) -> str:
    """`18.18 %` for 18.18; a dash for no value."""
    number = exact(value)
    return DASH if number is None else f"{_fixed(number, places)}{GAP}%"


def signed(value: Number, places: int = 2) -> str:
    """`+3.41`, `−0.30`, `0.00`: a change."""
    number = exact(value)
    if number is None:
        return DASH
    digits = _fixed(number, places)
    rises = number > 0 and any(digit in "123456789" for digit in digits)
    return f"+{digits}" if rises else digits


def thin_number(value: Number) -> str:
    """`1 204` with thin spaces; decimals as many as there are, at most four."""
    number = exact(value)
    return DASH if number is None else _plain(number, 4)


def seconds_text(value: Number) -> str:
    """`1 小时 30 分 12 秒`; parts that are zero are left out, but never all."""
    number = exact(value)
    if number is None:
        return DASH
    whole, rest = divmod(abs(number).quantize(Decimal("0.1"), ROUND_HALF_UP), 60)
    hours, minutes = divmod(int(whole), 60)
    parts = []
    if hours:
        parts.append(pgettext("duration", "%(n)s h") % {"n": _plain(Decimal(hours), 0)})
    if minutes:
        parts.append(pgettext("duration", "%(n)s min") % {"n": minutes})
    if rest or not parts:
        parts.append(pgettext("duration", "%(n)s s") % {"n": _plain(rest, 1)})
    return (MINUS if number < 0 else "") + " ".join(parts)


def unit_name(unit: str) -> str:
    """What a column's head calls the unit: seconds, %, points; nothing for counts."""
    if unit == "s":
        return pgettext("unit", "s")
    if unit == "percent":
        return "%"
    return pgettext("unit", "points") if unit == "points" else ""


def metric_number(value: Number, unit: str) -> str:
    """The value as a table shows it: at most two decimals, percent and points with two."""
    number = exact(value)
    if number is None:
        return DASH
    return _fixed(number, 2) if unit in ("percent", "points") else _plain(number, 2)


def metric_value(value: Number, unit: str) -> str:
    """The value with its unit: `72.5 秒`, `18.18 %`, `87.62 分`, `1 204`."""
    number, name = metric_number(value, unit), unit_name(unit)
    return f"{number}{GAP}{name}" if name and number != DASH else number


def weekday(day: date) -> str:
    """`周六`, `Sat`."""
    return str(WEEKDAYS[day.weekday()])


def _local(value: datetime | date) -> datetime | date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def local_dt(value: datetime | None, style: str = "") -> str:
    """`2026-10-31 14:05` in company time, with the day of the week if `style` is `weekday`."""
    if not value:
        return DASH
    local = _local(value)
    day = f" {weekday(local)}" if style == "weekday" else ""
    return f"{local:%Y-%m-%d}{day} {local:%H:%M}"


def local_date(value: datetime | date | None, style: str = "") -> str:
    """`2026-10-31` in company time, with the day of the week if `style` is `weekday`."""
    if not value:
        return DASH
    local = _local(value)
    return f"{local:%Y-%m-%d} {weekday(local)}" if style == "weekday" else f"{local:%Y-%m-%d}"


def deadline(value: date | None) -> str:
    """The end of a due date: `10月31日 周六 24:00`."""
    if not value:
        return DASH
    day = date_format(value, "MONTH_DAY_FORMAT")
    return _("%(day)s %(weekday)s 24:00") % {"day": day, "weekday": weekday(value)}
