"""Parts of addresses: period codes and employee numbers as they stand in paths."""

from django.urls import register_converter
from django.urls.converters import get_converters

SLASH, STAND_IN = "/", "∕"


class PeriodConverter:
    """2026-10, 2026-Q4 or 2026."""

    regex = r"[0-9]{4}(?:-(?:Q[1-4]|0[1-9]|1[0-2]))?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class NumberConverter:
    """An employee no. as exports write it; a slash in it becomes a look-alike."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        return value.replace(STAND_IN, SLASH)

    def to_url(self, value: str) -> str:
        return value.replace(SLASH, STAND_IN)


def register() -> None:
    """Make `<period:…>` and `<number:…>` known. Safe to run again."""
    if "period" not in get_converters():
        register_converter(PeriodConverter, "period")
        register_converter(NumberConverter, "number")
