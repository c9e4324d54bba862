"""What a file really is, told from its bytes, and whether its container is safe to open."""

import gzip
import re
import stat
import zipfile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from tickets.importing import limits
from tickets.importing.errors import FileRefused

WORKBOOKS = ("xls", "xlsx", "xlsb", "ods")
_WORKBOOK_SUFFIXES = (".xls", ".xlsx", ".xlsb", ".ods", ".et")
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_ZIP, _OLE, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b"
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"PK\x05\x06": "ZIP",
}
# A cell in column 201 (GS) or further right.
_FAR_COLUMN = re.compile(rb'\br="(?:[A-Z]{3,}|G[S-Z]|[H-Z][A-Z])\d+"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,2})\d+"')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d+)"')


def identify(path: Path, name: str) -> tuple[str, bool]:
    """(`text` or one of WORKBOOKS, whether packed with gzip). Raises FileRefused.

    Content decides; a name that says something else is refused, since then one of them lies.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise FileRefused(_("The file “%(name)s” is empty.") % {"name": name})
    lower = name.lower()
    packed = head.startswith(_GZIP)
    if packed:
        head = _unpacked_head(path, name)
        lower = lower.removesuffix(".gz")
    for magic, kind in _OTHERS.items():
        if head.startswith(magic):
            raise _not_a_table(name, kind)
    if head.startswith((_ZIP, _OLE)):
        return _workbook(path, name, lower, head, packed), packed
    if _is_markup(head):
        raise FileRefused(
            _(
                "“%(name)s” is a web page, not a table. Open it in a spreadsheet, save it as "
                "XLSX and import that."
            )
            % {"name": name}
        )
    if lower.endswith(_WORKBOOK_SUFFIXES):
        raise FileRefused(
            _("“%(name)s” is not a workbook inside. If it is a CSV file, name it .csv.")
            % {"name": name}
        )
    return "text", packed


def _unpacked_head(path: Path, name: str) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(4096)
    except (OSError, EOFError) as error:
        raise FileRefused(_damaged(name)) from error


def _workbook(path: Path, name: str, lower: str, head: bytes, packed: bool) -> str:
    if packed:
        raise FileRefused(
            _("“%(name)s” is a packed workbook. Unpack it and import the workbook itself.")
            % {"name": name}
        )
    if lower.endswith(_TEXT_SUFFIXES):
        raise FileRefused(
            _("“%(name)s” is a workbook inside. If it is an Excel file, name it .xlsx or .xls.")
            % {"name": name}
        )
    if path.stat().st_size > limits.MAX_WORKBOOK_BYTES:
        raise FileRefused(
            _(
                "The workbook “%(name)s” is larger than %(limit)s MB. Save it as CSV and import "
                "that."
            )
            % {"name": name, "limit": limits.MAX_WORKBOOK_BYTES // limits.MB}
        )
    if head.startswith(_OLE):
        return _ole(path, name)
    return _zip(path, name)


def _ole(path: Path, name: str) -> str:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused(
            _("“%(name)s” is password protected. Save it without a password and import that.")
            % {"name": name}
        )
    return "xls"


def _zip(path: Path, name: str) -> str:
    """The kind of workbook in a zip container, after its bounds were enforced."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, name)
            kind = _kind(archive, {member.filename for member in members}, name)
            for member in members:
                _check_content(archive, member, name, kind)
            return kind
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefused(_damaged(name)) from error
    except expat.ExpatError as error:
        raise FileRefused(_damaged(name)) from error


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    names = [member.filename for member in members]
    suspicious = (
        len(members) > limits.MAX_MEMBERS
        or len(set(names)) != len(names)
        or sum(member.file_size for member in members) > limits.MAX_UNPACKED_BYTES
        or any(_is_suspicious(member) for member in members)
        or _overlap(members)
    )
    if suspicious:
        raise FileRefused(
            _("“%(name)s” unpacks to more than a workbook should. Save it anew and import that.")
            % {"name": name}
        )
    if any(member.flag_bits & 1 for member in members):
        raise FileRefused(
            _("“%(name)s” is password protected. Save it without a password and import that.")
            % {"name": name}
        )
    if any(each.lower().endswith("vbaproject.bin") for each in names):
        raise FileRefused(
            _("“%(name)s” contains macros. Save it as XLSX without macros and import that.")
            % {"name": name}
        )


def _is_suspicious(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").replace("%2f", "/").replace("%2F", "/").split("/")
    is_large = member.file_size > limits.RATIO_FROM
    return (
        member.file_size > limits.MAX_MEMBER_BYTES
        or (is_large and member.file_size > limits.MAX_RATIO * max(member.compress_size, 1))
        or member.filename.startswith("/")
        or ".." in parts
        or stat.S_ISLNK(member.external_attr >> 16)
    )


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Whether two members use the same bytes."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + member.compress_size
    return False


def _kind(archive: zipfile.ZipFile, names: set[str], name: str) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype"):
        return "ods"
    if any(each.endswith(".iwa") for each in names):
        raise FileRefused(
            _("“%(name)s” is a Numbers file. Export it as XLSX and import that.") % {"name": name}
        )
    raise _not_a_table(name, "ZIP")


def _check_content(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, kind: str
) -> None:
    """Read a member to its end: forged sizes and broken bytes show, as do DTDs and far cells."""
    is_xml = member.filename.lower().endswith((".xml", ".rels"))
    is_sheet = is_xml and member.filename.startswith("xl/worksheets/")
    if is_xml:
        with archive.open(member) as file:
            _refuse_dtd(file, name)
    size = rows = columns = 0
    with archive.open(member) as file:
        while chunk := file.read(1 << 20):
            size += len(chunk)
            if is_sheet:
                rows, columns = _used(chunk + file.readline(1 << 16), rows, columns, name)
            elif kind == "ods" and member.filename == "content.xml":
                _refuse_repeats(chunk, name)


def _used(chunk: bytes, rows: int, columns: int, name: str) -> tuple[int, int]:
    """Bounds of the used range so far. Raises FileRefused beyond the limits."""
    if _FAR_COLUMN.search(chunk):
        raise FileRefused(_too_wide(name))
    found = _ROW.findall(chunk)
    rows = max(rows, *(int(each) for each in found)) if found else rows
    letters = set(_CELL.findall(chunk))
    columns = max([columns, *(_column(each) for each in letters)])
    if rows * columns > limits.MAX_CELLS:
        raise FileRefused(
            _(
                "“%(name)s” uses more cells than %(limit)s million. Delete what stands far from "
                "the table, or save it as CSV and import that."
            )
            % {"name": name, "limit": limits.MAX_CELLS // 1_000_000}
        )
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_repeats(chunk: bytes, name: str) -> None:
    for what, count in _REPEATED.findall(chunk):
        if what == b"columns" and limits.MAX_COLUMNS < int(count) < 15_000:
            raise FileRefused(_too_wide(name))


def _refuse_dtd(file: IO[bytes], name: str) -> None:
    """Refuse entity definitions: a workbook has none, an attack has."""
    parser = expat.ParserCreate()

    def doctype(*_args: object) -> None:
        raise FileRefused(
            _("“%(name)s” contains definitions that no workbook needs. Save it anew.")
            % {"name": name}
        )

    started: list[str] = []
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda tag, attributes: started.append(tag)
    while not started and (chunk := file.read(4096)):
        parser.Parse(chunk, False)


def _is_markup(head: bytes) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta"))


def _not_a_table(name: str, kind: str) -> FileRefused:
    return FileRefused(
        _("“%(name)s” is a %(kind)s file, not a table. Choose a CSV, XLS, XLSX or ODS file.")
        % {"name": name, "kind": kind}
    )


def _damaged(name: str) -> str:
    return _("“%(name)s” is damaged or incomplete. Export it again and import that.") % {
        "name": name
    }


def _too_wide(name: str) -> str:
    return _("“%(name)s” has more than %(limit)s columns. Delete those that are not needed.") % {
        "name": name,
        "limit": limits.MAX_COLUMNS,
    }
