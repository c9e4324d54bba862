"""Files and imports for tests of the import."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.management import call_command
from django.core.management.base import CommandError

from tickets.importing.pipeline import Outcome, TicketFacts, run_file
from tickets.importing.plans import Choices

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
HEADER = "工单号,客服,创建时间,首次响应时间"
ROW = "T1,李伟,2026-10-12 10:00:00,2026-10-12 10:01:00"


def make_csv(path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    """A CSV file of these lines."""
    path.write_bytes(("\n".join([header, *rows]) + "\n").encode(encoding))
    return path


def make_xlsx(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "工单") -> Path:
    """A workbook with one sheet; datetimes become date cells."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(y, x, value, day)
                else:
                    page.write(y, x, value)
    return path


def make_zip(path: Path, members: Sequence[tuple[str, bytes]], **how: Any) -> Path:
    """A zip file of these members, in order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def workbook_members() -> dict[str, bytes]:
    """The members of a small sound workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for y, row in enumerate((HEADER.split(","), ROW.split(","))):
            page.write_row(y, 0, row)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def import_tickets(
    path: Path, *, now: datetime = NOW, dry: bool = False, **chosen: Any
) -> Outcome:
    """Import a file with `chosen` (of Choices); source "test" and new agents unless said."""
    chosen.setdefault("source", "test")
    chosen.setdefault("create_agents", True)
    return run_file(TicketFacts(), path, path.name, Choices(**chosen), by=None, at=now, dry=dry)


def run_command(command: str, path: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """(exit code, document of --json, error) of an import command."""
    out = io.StringIO()
    try:
        call_command(command, str(path), "--json", *options, stdout=out, stderr=io.StringIO())
    except CommandError as error:
        text = out.getvalue()
        return error.returncode, json.loads(text) if text else {}, str(error)
    return 0, json.loads(out.getvalue()), ""
