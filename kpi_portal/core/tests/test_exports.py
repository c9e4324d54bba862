"""Files that leave the portal: no text becomes a formula, numbers stay numbers."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_portal.core import exports

NASTY = [
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝SUM(1)",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1+1",
    "\ufeff=1+1",
    '=HYPERLINK("http://example.org","x")',
    "=WEBSERVICE(1)",
]


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows()]


@pytest.mark.parametrize("text", NASTY)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    csv_cell = read_csv(exports.csv_bytes([text], [[text]]))
    xlsx_cell = read_xlsx(exports.xlsx_bytes([text], [[text]]))

    assert csv_cell[0][0].startswith("'")
    assert csv_cell[1][0] == f"'{text}"
    assert xlsx_cell[1][0].data_type == "s"
    assert xlsx_cell[1][0].value.startswith("'")


@given(st.text(max_size=20))
def test_no_cell_begins_with_a_risky_sign(text: str) -> None:
    assert not exports.neutral(text).startswith(exports.RISKY)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_csv_gives_the_text_back(text: str) -> None:
    if text in ("", "\n", "\r"):  # an empty line is no row to the reader
        return

    cell = read_csv(exports.csv_bytes(["head"], [[text, "x"]]))[1][0]

    assert cell.removeprefix("'") == text.removeprefix("'")


def test_numbers_and_dates_are_typed() -> None:
    row: list[exports.Cell] = [Decimal("-3.20"), 7, Fraction(1, 4), date(2026, 10, 31), None, True]

    cells = read_xlsx(exports.xlsx_bytes(list("abcdef"), [row]))[1]

    assert [cell.value for cell in cells[:3]] == [-3.2, 7, 0.25]
    assert cells[3].value.date() == date(2026, 10, 31)
    assert [cell.value for cell in cells[4:]] == [None, True]
    assert cells[0].number_format == "0.00"
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "d", "n", "b"]


def test_csv_writes_decimals_in_full() -> None:
    rows = read_csv(exports.csv_bytes(["a", "b"], [[Decimal("0.00001000"), Decimal("-87.60")]]))

    assert rows[1] == ["0.00001000", "-87.60"]


def test_instants_are_in_company_time() -> None:
    at = datetime(2026, 10, 31, 16, 0, 5, tzinfo=UTC)

    assert read_csv(exports.csv_bytes(["at"], [[at]]))[1] == ["2026-11-01 00:00:05"]


def test_digits_kept_as_text_stay_text() -> None:
    cell = read_xlsx(exports.xlsx_bytes(["no"], [["00123"]]))[1][0]

    assert (cell.value, cell.data_type) == ("00123", "s")


def test_text_longer_than_a_cell_is_cut_and_not_dropped() -> None:
    cell = read_xlsx(exports.xlsx_bytes(["t"], [["字" * 40_000]]))[1][0]

    assert len(cell.value) == exports.LONGEST_TEXT
    assert cell.value.endswith("…")


def test_an_address_in_text_is_no_link() -> None:
    cell = read_xlsx(exports.xlsx_bytes(["t"], [["http://example.org/"]]))[1][0]

    assert cell.hyperlink is None


def test_the_attachment_name_survives_any_script() -> None:
    assert exports.attachment("考核表 2026-10.csv") == (
        'attachment; filename="___ 2026-10.csv"; '
        "filename*=UTF-8''%E8%80%83%E6%A0%B8%E8%A1%A8%202026-10.csv"
    )


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x", '"; filename=x', "../../etc/passwd"])
def test_an_attachment_name_cannot_break_out(name: str) -> None:
    header = exports.attachment(name)

    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert "/" not in header


@pytest.mark.parametrize("fmt", exports.FORMATS)
def test_a_table_is_a_file_that_nobody_keeps(fmt: str) -> None:
    response = exports.table_response(fmt, "考核/表", ["a"], [["b"]])

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="pdf"):
        exports.table_response("pdf", "x", [], [])
