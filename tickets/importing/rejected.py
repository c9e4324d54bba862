"""Rejected rows as a file in their original columns, with the reason beside them."""

import csv
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kpi_portal.core.exports import neutral
from tickets.importing.converters import shown
from tickets.importing.errors import Problem
from tickets.importing.headers import Header
from tickets.importing.reading import BadRecord
from tickets.importing.reasons import sentence


class RejectedRows:
    """Writes rows as they are refused. The file is gone when the block ends.

    UTF-8 with a mark, so that spreadsheets open it; no text can become a formula.
    """

    def __init__(self) -> None:
        self.count = 0
        self._header: Header | None = None

    def __enter__(self) -> "RejectedRows":
        self._file = tempfile.NamedTemporaryFile(
            "w", encoding="utf-8-sig", newline="", dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".csv"
        )
        self._writer = csv.writer(self._file)
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def begin(self, header: Header) -> None:
        self._header = header
        self._writer.writerow(
            [*(neutral(name) for name in header.names), _("Reason for rejection")]
        )

    def add(self, record: Any, problem: Problem) -> None:
        """`record`: the cells, or a record that could not be split."""
        cells = [record.raw.strip()] if isinstance(record, BadRecord) else record
        width = len(self._header.names) if self._header else len(cells)
        texts = [neutral(shown(cell)) for cell in cells]
        texts += [""] * (width - len(texts))
        reason = sentence(problem.key, problem.row, problem.column, problem.value, problem.params)
        self._writer.writerow([*texts, neutral(reason)])
        self.count += 1

    def path(self) -> Path:
        """The file with everything written so far."""
        self._file.flush()
        return Path(self._file.name)
