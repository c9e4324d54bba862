"""Changing the company's own settings."""

from typing import Any

from django.db import transaction

from kpi_portal.people.models import Company, User
from kpi_portal.people.queries import company
from kpi_portal.people.services import changes

FIELDS = frozenset(
    {
        "name",
        "name_zh_hant",
        "name_en",
        "month_start_day",
        "settle_days",
        "appeal_window_days",
        "appeal_never_lowers",
    }
)


@transaction.atomic
def change_company(*, by: User | None, reason: str = "", **fields: Any) -> Company:
    """Set company settings; the row appears with the first change. Raises Invalid."""
    row = company()
    if row._state.adding:
        row.save()
    changes.apply(row, "company.changed", fields, allowed=FIELDS, by=by, reason=reason)
    return row
