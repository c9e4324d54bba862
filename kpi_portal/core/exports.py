"""Tables as files: CSV and XLSX in which no text can become a formula.

Text whose first character would start a formula (or hide one) gets an apostrophe in front;
numbers and dates are written as such. Source: 9-promises.md, "Out (exports)".
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

from kpi_portal.core.decimals import exact_text

Cell = str | int | float | Decimal | Fraction | date | datetime | bool | None

# Full-width signs count: some programs normalise them before they read the cell.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
LONGEST_TEXT = 32_767  # characters that a cell of XLSX holds
LONGEST_SHEET_NAME = 31

FORMATS = ("csv", "xlsx")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_UNSEEN = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]*")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_A_FILE_NAME = re.compile(r'[\x00-\x1f\x7f"/\\:*?<>|]')


def neutral(text: str) -> str:
    """`text`, with an apostrophe in front if its beginning could be taken for a formula.

    Signs that cannot be seen (blanks, byte order marks) do not hide one.
    """
    seen = _UNSEEN.sub("", text)
    return f"'{text}" if text.startswith(RISKY) or seen.startswith(RISKY) else text


def _plain(value: Any) -> Any:
    """Instants in company time without zone, fractions as decimals, the unknown as text."""
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, Fraction):
        return Decimal(exact_text(value))
    if value is None or isinstance(value, str | bool | int | float | Decimal | date):
        return value
    return str(value)  # lazy translations, choices


def _for_csv(value: Cell) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return neutral(plain)
    if isinstance(plain, datetime):
        return plain.isoformat(sep=" ", timespec="seconds")
    return format(plain, "f") if isinstance(plain, Decimal) else str(plain)


def csv_bytes(head: Sequence[Any], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with byte order mark, so that spreadsheets recognise Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutral(str(title)) for title in head])
    writer.writerows([_for_csv(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    head: Sequence[Any], rows: Iterable[Sequence[Cell]], *, sheet: str = "Sheet1"
) -> bytes:
    """One sheet with a fixed head. Text cells are strings, whatever they look like."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(_sheet_name(sheet))
        styles = _Styles(book)
        for column, title in enumerate(head):
            page.write_string(0, column, _fitting(str(title)), styles.head)
        page.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(page, number, column, _plain(value), styles)
    return out.getvalue()


class _Styles:
    """The cell formats of one book; those of numbers by their count of decimals."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._decimals: dict[int, Any] = {}
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def number(self, value: Decimal) -> Any:
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if places not in self._decimals:
            shape = "0." + "0" * places if places else "0"
            self._decimals[places] = self._book.add_format({"num_format": shape})
        return self._decimals[places]


def _write(page: Any, row: int, column: int, value: Any, styles: _Styles) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, Decimal):
        page.write_number(row, column, float(value), styles.number(value))
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value, styles.instant)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, styles.day)
    else:
        page.write_string(row, column, _fitting(str(value)))


def _fitting(text: str) -> str:
    text = neutral(text)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _sheet_name(name: str) -> str:
    return _NOT_IN_A_SHEET_NAME.sub(" ", name)[:LONGEST_SHEET_NAME].strip(" '") or "Sheet1"


def attachment(name: str) -> str:
    """The Content-Disposition of a file to save: RFC 6266, with the name in any script."""
    clean = _NOT_IN_A_FILE_NAME.sub("_", name).strip(" .") or "file"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """`content` as a file to save, never to be shown or kept by a cache."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": attachment(name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def table_response(
    fmt: str, name: str, head: Sequence[Any], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The table as `name`.csv or `name`.xlsx. Raises ValueError for another format."""
    if fmt not in FORMATS:
        raise ValueError(f"no export is called {fmt!r}")
    content = csv_bytes(head, rows) if fmt == "csv" else xlsx_bytes(head, rows, sheet=name)
    return file_response(content, f"{name}.{fmt}", CONTENT_TYPES[fmt])
