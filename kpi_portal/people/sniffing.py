"""Telling what a file is from its content. The name only chooses between kinds of text."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
WEBP = "image/webp"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
TXT = "text/plain"
EML = "message/rfc822"
MP3 = "audio/mpeg"
MP4 = "video/mp4"
UNKNOWN = "application/octet-stream"

NAMES: Mapping[str, str] = {
    PDF: "PDF",
    PNG: "PNG",
    JPEG: "JPEG",
    WEBP: "WebP",
    XLSX: "XLSX",
    CSV: "CSV",
    TXT: "TXT",
    EML: "EML",
    MP3: "MP3",
    MP4: "MP4",
}
EVIDENCE = frozenset(NAMES)
BINARY = frozenset({PDF, PNG, JPEG, WEBP, XLSX, MP3, MP4})
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    WEBP: (".webp",),
    XLSX: (".xlsx",),
    CSV: (".csv",),
    TXT: (".txt", ".log"),
    EML: (".eml",),
    MP3: (".mp3",),
    MP4: (".mp4", ".m4a", ".m4v"),
}

HEAD = 65_536
MAX_PIXELS = 100_000_000
_MAIL_HEADER = re.compile(
    rb"^(from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):",
    re.IGNORECASE | re.MULTILINE,
)
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|\?xml|iframe|body|head)\b", re.IGNORECASE)
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


def names_of(types: frozenset[str]) -> str:
    """The kinds in words, for a sentence: "PDF, PNG, JPEG"."""
    return ", ".join(name for content_type, name in NAMES.items() if content_type in types)


def clean_name(name: str) -> str:
    """A file name to show and send back: no folders, control or direction characters."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text.translate(_BIDI) if unicodedata.category(c)[0] != "C")
    return text.strip(" .")[-200:] or "file"


def content_type(path: Path, name: str) -> str:
    """The content type by content; UNKNOWN if it is none of ours or does not match its name.

    A file that is a second thing as well (a PDF with a script, a picture with markup in its
    first bytes, an archive that is no plain workbook) is UNKNOWN.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = _by_magic(head, path)
    if found == UNKNOWN and _is_text(path):
        found = _text_kind(head, name)
    suffix = Path(name.lower()).suffix
    if found != UNKNOWN and suffix not in SUFFIXES[found]:
        return UNKNOWN
    return found


def _by_magic(head: bytes, path: Path) -> str:
    if head.startswith(b"%PDF-"):
        return PDF if not _pdf_is_active(path) else UNKNOWN
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        width, height = (int.from_bytes(head[at : at + 4], "big") for at in (16, 20))
        return PNG if width * height <= MAX_PIXELS and not _MARKUP.search(head[:1024]) else UNKNOWN
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG if _ends_like_jpeg(path) and not _MARKUP.search(head[:1024]) else UNKNOWN
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return XLSX if is_plain_workbook(path) else UNKNOWN
    if head[4:8] == b"ftyp":
        return MP4
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return MP3
    return UNKNOWN


def _pdf_is_active(path: Path) -> bool:
    """Whether the PDF names a script, a launch or an embedded file."""
    overlap = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if _ACTIVE_PDF.search(overlap + chunk):
                return True
            overlap = chunk[-32:]
    return False


def _ends_like_jpeg(path: Path) -> bool:
    """A whole JPEG ends with its end marker (some cameras pad it)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return b"\xff\xd9" in file.read()


def is_plain_workbook(file: Path | bytes) -> bool:
    """A workbook of sensible size without macros; nothing in it is unpacked here."""
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {member.filename for member in members}
    return (
        len(members) <= 2000
        and len(names) == len(members)
        and sum(member.file_size for member in members) <= 200_000_000
        and {"[Content_Types].xml", "xl/workbook.xml"} <= names
        and not any(name.lower().endswith("vbaproject.bin") for name in names)
        and not any(name.startswith("/") or ".." in name.split("/") for name in names)
    )


def _is_text(path: Path) -> bool:
    """UTF-8, UTF-16 with a mark, or GB18030, without control characters, to the end."""
    with path.open("rb") as file:
        data = file.read(20_000_001)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(data, "utf-16")
    return b"\0" not in data and (_decodes(data, "utf-8-sig") or _decodes(data, "gb18030"))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not any(ord(c) < 32 and c not in "\t\r\n\f\x0b\x1a" for c in text)


def _text_kind(head: bytes, name: str) -> str:
    suffix = Path(name.lower()).suffix
    if suffix == ".eml":
        return EML if len(_MAIL_HEADER.findall(head)) >= 2 else UNKNOWN
    if _MARKUP.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]):
        return UNKNOWN
    if suffix == ".csv":
        return CSV
    return TXT if suffix in SUFFIXES[TXT] else UNKNOWN
