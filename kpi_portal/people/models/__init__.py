"""People, their departments and rights, the company and its calendar, notices and files."""

from kpi_portal.people.models.accounts import ApiToken, Role, RoleGrant, User
from kpi_portal.people.models.calendar import WorkCalendarDay
from kpi_portal.people.models.company import Company
from kpi_portal.people.models.files import StoredFile
from kpi_portal.people.models.notices import Notice
from kpi_portal.people.models.organisation import (
    Alias,
    Assignment,
    Department,
    Employee,
    Leave,
    Position,
)
from kpi_portal.people.models.second_person import SecondPersonRequest

__all__ = [
    "Alias",
    "ApiToken",
    "Assignment",
    "Company",
    "Department",
    "Employee",
    "Leave",
    "Notice",
    "Position",
    "Role",
    "RoleGrant",
    "SecondPersonRequest",
    "StoredFile",
    "User",
    "WorkCalendarDay",
]
