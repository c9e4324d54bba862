"""Cells into days, by the same grammars as instants."""

import re
from datetime import date, timedelta
from typing import Any

from tickets.importing.converters import EARLIEST, LATEST, Instants, plain
from tickets.importing.errors import BadValue

_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})月?$")


class Days:
    """Cells into days of the zone; with `whole_months` a month stands for its last day."""

    def __init__(self, instants: Instants, *, whole_months: bool = False) -> None:
        self.instants, self.whole_months = instants, whole_months

    def __call__(self, cell: Any) -> date:
        if self.whole_months and isinstance(cell, str):
            match = _MONTH.match(plain(cell))
            if match:
                return _last_day(int(match[1]), int(match[2]))
        return self.instants(cell).astimezone(self.instants.zone).date()


def _last_day(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise BadValue("not_a_date")
    if not EARLIEST <= year < LATEST:
        raise BadValue("date_out_of_range")
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
