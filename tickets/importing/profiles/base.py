"""What is known about the exports of one help desk, as data."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_IGNORED = re.compile(r"[\s_\-.:：/'’\"“”*]+")
_UNIT = re.compile(r"[(（\[【](.*?)[)）\]】]")


@dataclass(frozen=True, slots=True)
class Profile:
    """The export of one help desk.

    `columns`: field → header names, the first that is there wins; two names joined by "+" are
    one value made of two columns. `answers`: the same for answers, beside `columns`.
    `values`: field → text as in the export → value ("" = empty). `constants`: field → value.
    `units`: field → unit of a plain number (ms, s, min, h, d). `rules`: names of derive.RULES, in
    order. `signature`: header names that all stand in an export of this product; empty for a
    profile that is only ever chosen. `scale`: the maximum of its scores. `empty`: texts that
    mean empty here. `is_log`: many rows per ticket, one for each change, to be folded.
    """

    key: str
    label: Any
    columns: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    scale: int | None = None
    empty: tuple[str, ...] = ()
    is_log: bool = False


def normalised(header: str) -> str:
    """A header for comparison: NFKC, small letters, without blanks and separators."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return _IGNORED.sub("", text)


def without_unit(header: str) -> str:
    """The header without what stands in brackets."""
    return _UNIT.sub("", unicodedata.normalize("NFKC", header))


_UNIT_WORDS = {
    "ms": ("ms", "毫秒", "millisecond"),
    "s": ("秒", "sec", "s", "seconds", "second"),
    "min": ("分钟", "分鐘", "分", "min", "mins", "minutes", "minute", "m"),
    "h": ("小时", "小時", "时", "h", "hrs", "hour", "hours"),
    "d": ("天", "日", "d", "day", "days"),
}


def unit_in(header: str) -> str:
    """The unit that a header names in brackets, or as its last word; "" for none."""
    text = unicodedata.normalize("NFKC", header).casefold()
    bracketed = [part.strip() for part in _UNIT.findall(text)]
    last = re.split(r"[\s_]+", text)[-1] if re.search(r"[\s_]", text) else ""
    for word in (*bracketed, last):
        for unit, names in _UNIT_WORDS.items():
            if word in names:
                return unit
    return ""
