"""Files that are refused as a whole, before anything is stored. Source: 9-promises 5.4."""

import gzip
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_portal.core.errors import DomainError
from tickets.importing.tests.factories import (
    HEADER,
    ROW,
    import_tickets,
    make_csv,
    make_xlsx,
    make_zip,
    workbook_members,
)
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

Make = Callable[[Path], Path]


def raw(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def csv(name: str, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Make:
    return lambda folder: make_csv(folder / name, *rows, header=header, encoding=encoding)


def members(name: str, member: str, content: bytes) -> Make:
    """A workbook with one member added or replaced."""

    def make(folder: Path) -> Path:
        parts = {**workbook_members(), member: content}
        return make_zip(folder / name, list(parts.items()))

    return make


def twice(folder: Path) -> Path:
    parts = list(workbook_members().items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        return make_zip(folder / "twice.xlsx", [*parts, parts[-1]])


def forged(folder: Path) -> Path:
    """The central directory says that the sheet has ten bytes."""
    path = make_zip(folder / "forged.xlsx", list(workbook_members().items()))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 10))
    path.write_bytes(data)
    return path


def truncated(folder: Path) -> Path:
    path = make_zip(folder / "half.xlsx", list(workbook_members().items()))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def symlink(folder: Path) -> Path:
    path = make_zip(folder / "link.xlsx", list(workbook_members().items()))
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return path


def far_cell(folder: Path) -> Path:
    return make_xlsx_with(folder, b'<c r="XFD1048576"><v>1</v></c>')


def tall(folder: Path) -> Path:
    return make_xlsx_with(folder, b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row>')


def make_xlsx_with(folder: Path, cell: bytes) -> Path:
    parts = workbook_members()
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", cell + b"</sheetData>")
    return make_zip(folder / "far.xlsx", list(parts.items()))


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
MANY = [(str(number), b"") for number in range(2500)]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMB = b" " * 120_000_000
TWO_COLUMNS = "工单号,创建时间,分类,分类"
GBK_ROWS = [f"T{n},李伟,2026-10-12 10:00:00,2026-10-12 10:01:00" for n in range(20)]

REFUSED: list[tuple[str, Make]] = [
    ("empty", raw("empty.csv", b"")),
    ("only header", csv("only_header.csv")),
    ("only byte order mark", raw("only_bom.csv", b"\xef\xbb\xbf")),
    ("only newlines", raw("only_newlines.csv", b"\n\n\n")),
    ("one line of 2 MB", raw("line.csv", (HEADER + "\n").encode() + b"x" * 2_000_000)),
    ("too many columns", csv("wide.csv", header=",".join(f"c{n}" for n in range(1000)))),
    ("no header", csv("no_header.csv", ROW, header=ROW)),
    ("missing creation", csv("missing.csv", "T1,李伟", header="工单号,客服")),
    ("missing id", csv("no_id.csv", "李伟,2026-10-12", header="客服,创建时间")),
    ("doubled header", csv("double.csv", "T1,2026-10-12,a,b", header=TWO_COLUMNS)),
    ("plain text", raw("text.csv", b"This is a letter\nand it has no table at all\n")),
    ("unterminated quote", csv("quote.csv", 'T1,"李伟,2026-10-12 10:00:00', ROW, ROW)),
    ("ambiguous dates", csv("dates.csv", "T1,李伟,01/02/2026 10:00,03/02/2026 10:00")),
    ("UTF-16 without mark", raw("utf16.csv", f"{HEADER}\n{ROW}\n".encode("utf-16-le"))),
    (
        "UTF-8, then GBK",
        raw("mix.csv", f"{HEADER}\n{ROW}\n{ROW}\n".encode() + "\n".join(GBK_ROWS).encode("gbk")),
    ),
    ("web page named xls", raw("page.xls", b"<html><table><tr><td>x</td></tr></table></html>")),
    ("picture named csv", raw("png.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100)),
    ("workbook named csv", lambda d: make_xlsx(d / "book.csv", [HEADER.split(",")])),
    ("csv named workbook", csv("csv.xlsx", ROW)),
    ("PDF before a zip", raw("poly.xlsx", b"%PDF-1.4\n" + b"PK\x03\x04")),
    ("damaged gzip", raw("bad.csv.gz", gzip.compress(f"{HEADER}\n{ROW}".encode())[:-12])),
    ("half a workbook", truncated),
    ("forged size", forged),
    ("twice the same member", twice),
    ("far cell", far_cell),
    ("a million rows of 26 columns", tall),
    ("symbolic link", symlink),
    ("external entity", members("xxe.xlsx", "xl/workbook.xml", DTD)),
    ("billion laughs", members("laughs.xlsx", "xl/worksheets/sheet1.xml", LAUGHS)),
    ("zip bomb", members("bomb.xlsx", "xl/media/image1.png", BOMB)),
    ("macros", members("macro.xlsx", "xl/vbaProject.bin", b"x")),
    ("zip slip", members("slip.xlsx", "../../etc/cron.d/x", b"x")),
    ("workbook in a zip", lambda d: make_zip(d / "nested.zip", [("a.xlsx", b"PK\x03\x04")])),
    ("numbers", lambda d: make_zip(d / "a.numbers", [("Index/Document.iwa", b"x")])),
    ("too many members", lambda d: make_zip(d / "many.xlsx", MANY)),
    (
        "password",
        raw("secret.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
    ),
    ("broken old workbook", raw("old.xls", OLE + b"\0" * 600)),
]  # fmt: skip


@pytest.mark.parametrize("make", [make for _name, make in REFUSED], ids=[n for n, _m in REFUSED])
def test_the_file_is_refused_with_a_sentence(make: Make, tmp_path: Path) -> None:
    path = make(tmp_path)

    with pytest.raises(DomainError) as refusal:
        import_tickets(path, create_agents=True)

    assert len(str(refusal.value.message)) > 10
    assert not Ticket.objects.exists()
