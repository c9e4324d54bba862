"""A file as records of cells, streamed where the format allows. Knows nothing of tickets."""

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import python_calamine
from django.utils.translation import gettext as _

from tickets.importing import containers, encodings, limits
from tickets.importing.errors import FileRefused

# str, float, bool, datetime, date, time or timedelta; "" where a cell is empty.
Cell = Any

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_RECORDS = 40
_BROKEN_BYTES = re.compile("[\udc80-\udcff]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?$", re.IGNORECASE)

csv.field_size_limit(limits.MAX_LINE)


@dataclass(slots=True)
class BadRecord:
    """A record that could not be split into cells; `raw` is its text."""

    key: str
    raw: str


@dataclass(slots=True)
class Table:
    """One table of a file. `rows()` starts anew each time and skips blank rows.

    `encoding` is that of a text file, else the format of the workbook. `sheets` are all that
    can be chosen, `blank` counts the blank rows of the last full pass.
    """

    name: str
    format: str
    encoding: str
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    blank: int = 0

    def rows(self) -> Iterator[list[Cell] | BadRecord]:
        raise NotImplementedError


def open_table(
    path: Path, name: str, *, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Table:
    """The table in a file; what is empty is recognised. Raises FileRefused."""
    format_, packed = containers.identify(path, name)
    if format_ == "text":
        return _TextTable.open(path, name, packed, encoding, delimiter)
    return _SheetTable.open(path, name, format_, sheet)


@dataclass(slots=True)
class _TextTable(Table):
    path: Path = Path()
    packed: bool = False
    separator_line: bool = False

    @classmethod
    def open(
        cls, path: Path, name: str, packed: bool, encoding: str, delimiter: str
    ) -> "_TextTable":
        try:
            with _bytes_of(path, packed) as file:
                encoding = encodings.detect(file, name) if not encoding else _known(encoding)
        except (gzip.BadGzipFile, EOFError, OSError) as error:
            raise FileRefused(
                _("“%(name)s” is damaged or incomplete. Export it again and import that.")
                % {"name": name}
            ) from error
        table = cls(name, "text", encoding, path=path, packed=packed)
        table._find_delimiter(delimiter)
        return table

    def _find_delimiter(self, chosen: str) -> None:
        sample = []
        with self._lines() as lines:
            for line in lines:
                sample.append(line)
                if len(sample) >= _SAMPLE_RECORDS * 4:
                    break
        if sample and (match := _SEPARATOR_LINE.match(sample[0])):
            self.separator_line = True
            chosen = chosen or match[1]
        self.delimiter = chosen or _best_delimiter(sample)

    def _lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(
            _bytes_of(self.path, self.packed),
            encoding=self.encoding,
            errors="surrogateescape",
            newline="",
        )

    def rows(self) -> Iterator[list[Cell] | BadRecord]:
        self.blank = 0
        with self._lines() as lines:
            source = _Remembered(lines)
            if self.separator_line:
                next(source)
                source.taken()
            reader = csv.reader(source, delimiter=self.delimiter or ",", strict=True)
            while True:
                record = _next(reader, source, self.name)
                if record is None:
                    return
                if record == []:
                    self.blank += 1
                else:
                    yield record


class _Remembered:
    """Lines, and the raw text of those that the last record was made of."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._taken: list[str] = []

    def __iter__(self) -> "_Remembered":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._taken.append(line)
        return line

    def taken(self) -> str:
        text = "".join(self._taken) if len(self._taken) != 1 else self._taken[0]
        self._taken.clear()
        return text


def _next(reader: Any, source: _Remembered, name: str) -> list[Cell] | BadRecord | None:
    try:
        record: list[Cell] = next(reader)
    except StopIteration:
        return None
    except csv.Error as error:
        raw = source.taken()
        if "unexpected end" in str(error) or "field larger" in str(error):
            start = reader.line_num - raw.count("\n") + 1
            raise FileRefused(
                _(
                    "A quotation mark that opens near line %(line)s of “%(name)s” is never "
                    "closed. Correct it in the source and import the file again."
                )
                % {"name": name, "line": max(1, start)}
            ) from error
        return BadRecord("bad_quotes", raw)
    raw = source.taken()
    key = _what_is_wrong(record, raw)
    return BadRecord(key, raw) if key else record


def _what_is_wrong(record: list[str], raw: str) -> str:
    """The key of the reason why the whole record is refused, or ""."""
    if '"' in raw and _has_stray_quote(record, raw):
        return "bad_quotes"
    if "\0" in raw:
        return "nul"
    if not raw.isascii() and _BROKEN_BYTES.search(raw):
        return "bad_bytes"
    if len(raw) > limits.MAX_FIELD and any(len(cell) > limits.MAX_FIELD for cell in record):
        return "cell_too_long"
    return ""


def _has_stray_quote(record: list[str], raw: str) -> bool:
    """A quotation mark inside a field that is not in quotes: csv takes it, others would not."""
    return any('"' in cell and '"' + cell.replace('"', '""') + '"' not in raw for cell in record)


def _bytes_of(path: Path, packed: bool) -> IO[bytes]:
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise FileRefused(
            _("The encoding %(name)s is not known. Use utf-8, gb18030, big5 or utf-16.")
            % {"name": encoding}
        ) from error


def _best_delimiter(sample: list[str]) -> str:
    """The candidate that splits most records into equally many cells; "" if none splits any."""
    best, best_score = "", (0.0, 0)
    for candidate in DELIMITERS:
        widths = _widths(sample, candidate)
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        score = (wide.count(usual) / len(widths), usual)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _widths(sample: list[str], delimiter: str) -> list[int]:
    reader = csv.reader(iter(sample), delimiter=delimiter, strict=True)
    widths: list[int] = []
    while len(widths) < _SAMPLE_RECORDS:
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error:
            continue
        if record:
            widths.append(len(record))
    return widths


@dataclass(slots=True)
class _SheetTable(Table):
    path: Path = Path()

    @classmethod
    def open(cls, path: Path, name: str, format_: str, sheet: str) -> "_SheetTable":
        workbook = _workbook(path, name)
        metadata = [
            each
            for each in workbook.sheets_metadata
            if each.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        visible = [
            each.name
            for each in metadata
            if each.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        if not visible:
            raise FileRefused(_("“%(name)s” has no visible sheet with a table.") % {"name": name})
        if sheet and sheet not in visible:
            raise FileRefused(
                _("“%(name)s” has no sheet “%(sheet)s”. Its sheets are: %(sheets)s.")
                % {"name": name, "sheet": sheet, "sheets": ", ".join(visible)}
            )
        chosen = sheet or _first_with_rows(workbook, visible, name)
        warnings = ["hidden_sheets"] if len(visible) < len(metadata) else []
        return cls(name, format_, format_, "", chosen, tuple(visible), warnings, path=path)

    def rows(self) -> Iterator[list[Cell]]:
        self.blank = run = 0
        sheet = _sheet(_workbook(self.path, self.name), self.sheet, self.name)
        if sheet.width > limits.MAX_COLUMNS:
            raise FileRefused(containers._too_wide(self.name))
        for row in sheet.iter_rows():
            if any(cell != "" for cell in row):
                run = 0
                yield row
                continue
            self.blank, run = self.blank + 1, run + 1
            if run >= limits.MAX_BLANK_ROWS:
                return


def _workbook(path: Path, name: str) -> Any:
    try:
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError as error:
        raise FileRefused(
            _("“%(name)s” is password protected. Save it without a password and import that.")
            % {"name": name}
        ) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise FileRefused(
            _("“%(name)s” is damaged or incomplete. Export it again and import that.")
            % {"name": name}
        ) from error


def _sheet(workbook: Any, sheet: str, name: str) -> Any:
    try:
        return workbook.get_sheet_by_name(sheet)
    except python_calamine.CalamineError as error:
        raise FileRefused(
            _("The sheet “%(sheet)s” of “%(name)s” is damaged. Save the file anew.")
            % {"name": name, "sheet": sheet}
        ) from error


def _first_with_rows(workbook: Any, names: list[str], name: str) -> str:
    for each in names:
        if _sheet(workbook, each, name).height > 1:
            return each
    return names[0]
