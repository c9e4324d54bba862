"""Which encoding a text file is in: byte order mark, strict UTF-8, strict GB18030, else ask.

The whole file is read once. A few damaged bytes do not change the verdict: their rows are
rejected later and nothing is ever replaced by a question mark.
"""

import codecs
import io
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from tickets.importing import limits
from tickets.importing.errors import FileRefused

CHOICES = ("utf-8", "gb18030", "big5", "utf-16")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FEW = 3


@dataclass(slots=True)
class Evidence:
    """Lines by what they can be read as. `offset` is where the first broken line begins."""

    lines: int = 0
    nuls: int = 0
    utf8: int = 0
    gb18030: int = 0
    neither: int = 0
    offset: int = -1
    first: int = 0

    @property
    def broken(self) -> int:
        """Lines that are not UTF-8."""
        return self.gb18030 + self.neither


def detect(file: IO[bytes], name: str) -> str:
    """The encoding of the file. Raises FileRefused with what to do."""
    head = file.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            _check_length(file, name)
            return encoding
    evidence = _gather(file, head, name)
    if evidence.nuls > max(FEW, evidence.lines // 10):
        raise FileRefused(
            _(
                "“%(name)s” is not a text table, or it is UTF-16 without a mark. Save it as CSV "
                "in UTF-8 and import that."
            )
            % {"name": name}
        )
    return _verdict(evidence, name)


def _verdict(seen: Evidence, name: str) -> str:
    few = max(FEW, seen.lines // 100)
    if seen.broken == 0:
        return "utf-8"
    if seen.utf8 * 10 <= seen.broken and seen.neither <= min(few, seen.gb18030 // 10):
        return "gb18030"
    is_mixture = seen.gb18030 > 1 or (seen.first == 1 and seen.utf8 > 0)
    if seen.broken <= few and not is_mixture:
        return "utf-8"
    if seen.utf8 and seen.gb18030:
        raise FileRefused(
            _(
                "“%(name)s” mixes two encodings: from byte %(offset)s (line %(line)s) on it is no "
                "longer UTF-8. Save it in one encoding and import that."
            )
            % {"name": name, "offset": seen.offset, "line": seen.first}
        )
    raise FileRefused(
        _(
            "The encoding of “%(name)s” is neither UTF-8 nor GB18030 (GBK). Choose it yourself, "
            "or save the file as CSV in UTF-8."
        )
        % {"name": name}
    )


def _gather(file: IO[bytes], head: bytes, name: str) -> Evidence:
    seen, position = Evidence(), 0
    file.seek(0)
    for text in _pieces(file, name):
        line = text.encode("latin-1")
        seen.lines += 1
        if not line.isascii():
            _judge(line, seen, position)
        elif "\0" in text:
            seen.nuls += 1
        position += len(line)
    return seen


def _judge(line: bytes, seen: Evidence, position: int) -> None:
    if b"\0" in line:
        seen.nuls += 1
    if _reads(line, "utf-8"):
        seen.utf8 += 1
        return
    if seen.offset < 0:
        seen.offset, seen.first = position, seen.lines
    if _reads(line, "gb18030"):
        seen.gb18030 += 1
    else:
        seen.neither += 1


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_length(file: IO[bytes], name: str) -> None:
    file.seek(0)
    for _piece in _pieces(file, name):
        pass


def _pieces(file: IO[bytes], name: str) -> "io.TextIOWrapper | _Bounded":
    return _Bounded(io.TextIOWrapper(file, encoding="latin-1", newline=""), name)


class _Bounded:
    """Lines by any line end, each and all together within the limits."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self.text, self.name, self.total = text, name, 0

    def __iter__(self) -> "_Bounded":
        return self

    def __next__(self) -> str:
        line = self.text.readline(limits.MAX_LINE + 1)
        if not line:
            self.text.detach()
            raise StopIteration
        self.total += len(line)
        if len(line) > limits.MAX_LINE:
            raise FileRefused(
                _("A line of “%(name)s” is longer than 1 MB. This is not a table of tickets.")
                % {"name": self.name}
            )
        if self.total > limits.MAX_TEXT_BYTES:
            raise FileRefused(
                _("“%(name)s” is larger than %(limit)s MB. Split it and import the parts.")
                % {"name": self.name, "limit": limits.MAX_TEXT_BYTES // limits.MB}
            )
        return line
