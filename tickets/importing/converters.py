"""Cells into typed values, by explicit grammars. Nothing is guessed from how Python reads text.

Each converter takes a cell (see `reading.Cell`) that is not empty and gives a value or raises
BadValue. Digits of any width are accepted, because text is normalised (NFKC) first.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tickets.importing.errors import BadValue

EMPTY = frozenset({"", "-", "--", "—", "–", "n/a", "null", "无", "無"})
# Names of people: "NA", "Null" and "None" are names.
EMPTY_NAMES = frozenset({"", "-", "--", "—", "–", "N/A", "n/a", "无", "無"})

EARLIEST, LATEST = 1990, 2100
SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheets know no zone
FIRST_SERIAL = 61  # before: the day that never was, 29 February 1900
LAST_SERIAL = 2_958_466
SAFE_INTEGER = 1e15

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BROKEN = re.compile("[\udc80-\udcff\ud800-\udb7f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,}")
_ERROR_CELL = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)$")

_CLOCK = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
_HALF = r"(?: ?([AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_CLOCK}{_HALF}{_ZONE}$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2}))?$")
_CHINESE = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日?(?: *(\d{1,2})[:时時点](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?$"
)
SLASHED = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_CLOCK}{_HALF}{_ZONE}$")
_NAMED = re.compile(
    rf"(\d{{1,2}})[-/ ]([A-Za-z]{{3,9}})\.?[-/, ]+(\d{{4}}|\d{{2}}){_CLOCK}{_HALF}{_ZONE}$"
)
# 12/十月/26 3:14 下午, as programs write it that take their month names from the language.
_CHINESE_MONTH = re.compile(r"^(\d{1,2}[-/ ])([一二三四五六七八九十]{1,2})月(?=[-/ ])")
CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_NAMED_FIRST = re.compile(
    rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? +(\d{{4}}),?{_CLOCK}{_HALF}{_ZONE}$"
)
_NUMBER_TEXT = re.compile(r"\d{5}(?:\.\d+)?$")
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$")
_DURATION = re.compile(r"(-?)(\d+):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$")
_DURATION_WORDS = re.compile(
    r"(?:(\d+)(?:天|日|d|days?))?(?:(\d+)(?:个?小时|小時|时|h|hrs?|hours?))?"
    r"(?:(\d+)(?:分钟|分鐘|分|m|mins?|minutes?))?(?:(\d+(?:\.\d+)?)(?:秒钟|秒|s|secs?|seconds?))?$"
)
UNITS: Mapping[str, Decimal] = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86_400),
}
YES = frozenset({"是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已"})
NO = frozenset({"否", "无", "没有", "n", "no", "false", "f", "0", "×", "✗", "x", "未"})
MAX_DIGITS = 18


def text_of(cell: Any) -> str:
    """A cell as text, trimmed. Whole floats lose their `.0`; long ones raise precision_lost."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if abs(cell) >= SAFE_INTEGER:
            raise BadValue("precision_lost")
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    return "" if cell is None else str(cell)


def shown(cell: Any) -> str:
    """A cell as the rejected-rows file and the preview show it; never raises."""
    try:
        text = text_of(cell)
    except BadValue:
        text = repr(cell)
    return _BROKEN.sub("\ufffd", text)


def plain(text: str) -> str:
    """NFKC, without invisible characters, trimmed: for ids, names, numbers, dates."""
    if text.isascii():
        return text.strip()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def check_characters(text: str) -> None:
    """Raises BadValue for characters that came from broken bytes, and for control characters."""
    if not text.isprintable():
        if _BROKEN.search(text):
            raise BadValue("bad_bytes")
        if _CONTROL.search(text):
            raise BadValue("control_characters")


def words(cell: Any, limit: int) -> str:
    """Free text in NFC without direction marks."""
    text = text_of(cell)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _DIRECTION.sub("", text)).strip()
    check_characters(text)
    if len(text) > limit:
        raise BadValue("too_long", limit=limit)
    return text


def identifier(cell: Any, limit: int) -> str:
    """An id of another system, kept as text: `001` stays `001`."""
    text = plain(text_of(cell))
    check_characters(text)
    if _SCIENTIFIC.fullmatch(text):
        raise BadValue("precision_lost")
    if _ERROR_CELL.match(text):
        raise BadValue("error_cell")
    if len(text) > limit:
        raise BadValue("too_long", limit=limit)
    return text


def number(cell: Any) -> Decimal:
    """A decimal number, grouped by commas or not. No exponents, no underscores, no NaN."""
    text = plain(text_of(cell))
    if _ERROR_CELL.match(text):
        raise BadValue("error_cell")
    if not _NUMBER.match(text):
        raise BadValue("not_a_number")
    digits = text.replace(",", "")
    if len(digits) > MAX_DIGITS * 2 or len(digits.split(".")[0]) > MAX_DIGITS:
        raise BadValue("number_too_large")
    return Decimal(digits)


def amount(cell: Any) -> Decimal:
    """A decimal number with at most four decimals; a percent sign behind it says nothing more."""
    value = number(plain(text_of(cell)).removesuffix("%").rstrip())
    if value != round(value, 4):
        raise BadValue("too_many_decimals")
    if abs(value) >= 1_000_000_000_000:
        raise BadValue("number_too_large")
    return value


def count(cell: Any) -> int:
    """A whole number from 0 to 2 147 483 647."""
    value = number(cell)
    if value < 0:
        raise BadValue("negative")
    if value != int(value):
        raise BadValue("not_whole")
    if value > 2_147_483_647:
        raise BadValue("number_too_large")
    return int(value)


def score(cell: Any, scale: int) -> Decimal:
    """A score on a scale; scales of stars (3 to 7 steps) begin at 1, the others at 0."""
    text = plain(text_of(cell))
    value = number(text.removesuffix("%").rstrip() if scale == 100 else text)
    lowest = 1 if 3 <= scale <= 7 else 0
    if not lowest <= value <= scale:
        raise BadValue("score_out_of_scale", scale=scale)
    return value


def flag(cell: Any) -> bool:
    text = plain(text_of(cell)).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise BadValue("not_a_flag")


def seconds(cell: Any, unit: str) -> int:
    """A duration in whole seconds (cut): a number of `unit`, a clock or words; never below 0."""
    value = _seconds(cell, unit)
    if value < 0:
        raise BadValue("negative")
    if value > 2_147_483_647:
        raise BadValue("number_too_large")
    return value


def _seconds(cell: Any, unit: str) -> int:
    if isinstance(cell, timedelta):
        return int(cell.total_seconds())
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    if isinstance(cell, datetime):  # a duration over 24 hours, shown by the sheet as a date
        return int((cell - SERIAL_EPOCH).total_seconds())
    text = plain(text_of(cell))
    if _NUMBER.match(text):
        return int(number(text) * UNITS[unit])
    if match := _DURATION.match(text):
        return _clock(match)
    match = _DURATION_WORDS.match(text.replace(" ", "").lower())
    if match is None or not any(match.groups()):
        raise BadValue("not_a_duration")
    days, hours, minutes, rest = (Decimal(group or 0) for group in match.groups())
    return int(days * 86_400 + hours * 3600 + minutes * 60 + rest)


def _clock(match: re.Match[str]) -> int:
    """`h:mm:ss`, or `m:ss` where there are two parts."""
    minus, first, second, third = match.groups()
    if int(second) > 59 or int(third or 0) > 59:
        raise BadValue("not_a_duration")
    if third is None:
        value = int(first) * 60 + int(second)
    else:
        value = int(first) * 3600 + int(second) * 60 + int(third)
    return -value if minus else value


class Instants:
    """Cells into instants in UTC, cut to the second.

    `zone` is that of times without one; a bare date is 00:00 there. `order` is "dmy", "mdy",
    "serial", "mixed" or "" where the column needs no decision. `doubtful` counts times that a
    change of the clocks makes doubtful.
    """

    def __init__(self, zone: ZoneInfo, order: str) -> None:
        self.zone, self.order = zone, order
        self.doubtful = 0
        self._changes: dict[int, bool] = {}

    def __call__(self, cell: Any) -> datetime:
        if isinstance(cell, str):
            return self._from_text(cell)
        if isinstance(cell, datetime):
            return self._aware(cell.replace(microsecond=0))
        if isinstance(cell, date):
            return self._aware(datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001
        if isinstance(cell, float):
            return self._aware(self._serial(cell))
        raise BadValue("not_a_date")

    def _from_text(self, cell: str) -> datetime:
        text = cell if cell.isascii() else plain(cell)
        text = text.strip()
        if not text.isascii() and (match := _CHINESE_MONTH.match(text)):
            text = _in_english(match, text)
        if match := _YEAR_FIRST.match(text):
            year, _mark, month, day, *rest = match.groups()
        elif match := SLASHED.match(text):
            first, _mark, second, year, *rest = match.groups()
            if self.order not in ("dmy", "mdy"):
                raise BadValue("mixed_dates" if self.order == "mixed" else "not_a_date")
            day, month = (first, second) if self.order == "dmy" else (second, first)
        elif match := _NAMED.match(text):
            day, name, year, *rest = match.groups()
            month = str(MONTHS.get(name[:3].lower(), 0))
        elif match := _NAMED_FIRST.match(text):
            name, day, year, *rest = match.groups()
            month = str(MONTHS.get(name[:3].lower(), 0))
        elif match := (_CHINESE.match(text) or _COMPACT.match(text)):
            year, month, day, hour, minute, second = match.groups()
            rest = [hour, minute, second, None, None]
        elif self.order == "serial" and _NUMBER_TEXT.match(text):
            return self._aware(self._serial(float(text)))
        else:
            raise BadValue("error_cell" if _ERROR_CELL.match(text) else "not_a_date")
        return self._built(year, month, day, *rest)

    def _built(
        self,
        year: str,
        month: str,
        day: str,
        hour: str | None,
        minute: str | None,
        second: str | None,
        half: str | None,
        offset: str | None,
    ) -> datetime:
        number_of_year = int(year) if len(year) == 4 else 2000 + int(year)
        hours = int(hour or 0)
        if half:
            if not 1 <= hours <= 12:
                raise BadValue("not_a_date")
            hours = hours % 12 + (12 if half in "Pp" else 0)
        try:
            naive = datetime(  # noqa: DTZ001
                number_of_year, int(month), int(day), hours, int(minute or 0), int(second or 0)
            )
        except ValueError:
            raise BadValue("not_a_date") from None
        if offset is None:
            return self._aware(naive)
        return self._checked(naive) - _offset(offset)

    def _serial(self, value: float) -> datetime:
        if not FIRST_SERIAL <= value < LAST_SERIAL:
            raise BadValue("not_a_date")
        # Half a second up, then cut: a serial holds a second only approximately.
        return (SERIAL_EPOCH + timedelta(seconds=round(value * 86_400))).replace(microsecond=0)

    def _checked(self, naive: datetime) -> datetime:
        if not EARLIEST <= naive.year < LATEST:
            raise BadValue("date_out_of_range")
        return naive.replace(tzinfo=UTC)

    def _aware(self, naive: datetime) -> datetime:
        year = naive.year
        if not EARLIEST <= year < LATEST:
            raise BadValue("date_out_of_range")
        aware = naive.replace(tzinfo=self.zone)
        if self._changes_in(year) and aware.utcoffset() != aware.replace(fold=1).utcoffset():
            self.doubtful += 1
        return aware.astimezone(UTC)

    def _changes_in(self, year: int) -> bool:
        known = self._changes.get(year)
        if known is None:
            offsets = {
                datetime(year, month, 1, tzinfo=self.zone).utcoffset() for month in range(1, 13)
            }
            known = self._changes[year] = len(offsets) > 1
        return known


def _in_english(match: re.Match[str], text: str) -> str:
    """The same date with English names of month and half of the day."""
    if match[2] not in CHINESE_MONTHS:
        return text
    month = tuple(MONTHS)[CHINESE_MONTHS.index(match[2])]
    rest = text[match.end() :].replace("上午", "AM").replace("下午", "PM")
    return f"{match[1]}{month}{rest}"


def _offset(text: str) -> timedelta:
    if text in ("Z", "UTC", "GMT"):
        return timedelta(0)
    digits = text[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -span if text[0] == "-" else span
