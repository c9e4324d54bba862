"""Refusals: of a whole file, before anything is stored, and of one row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kpi_portal.core.errors import Conflict, DomainError


class FileRefused(DomainError):
    """The file cannot be read as a table of records. Nothing was stored."""

    code = "file_refused"
    status = 422


class PlanIncomplete(DomainError):
    """The file is readable, but something must be chosen before it can be checked."""

    code = "import_incomplete"
    status = 422


class ImportBusy(Conflict):
    """A job works on this import already."""

    code = "import_busy"


class NothingImported(DomainError):
    """Every row was rejected."""

    code = "nothing_imported"
    status = 422


class BadValue(Exception):
    """A cell that cannot be taken: `key` of `reasons.REASONS` with its parameters."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is rejected. `row` counts records with the header as 1."""

    row: int
    column: str
    value: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


class RowRejected(Exception):
    """Carries the problem of the row."""

    def __init__(self, column: str, value: str, key: str, params: Mapping[str, Any]) -> None:
        super().__init__(key)
        self.column = column
        self.value = value
        self.key = key
        self.params = params

    def at(self, row: int) -> Problem:
        return Problem(row, self.column[:100], self.value[:200], self.key, self.params)
