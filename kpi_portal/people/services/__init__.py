"""Every change to people, their rights, the calendar, notices and tokens."""

from kpi_portal.people.services.accounts import (
    add_account,
    change_account,
    disable_account,
    enable_account,
    end_sessions,
    grant_role,
    remove_second_factor,
    revoke_role,
    set_password,
)
from kpi_portal.people.services.calendar import (
    clear_company_day,
    seed_calendar,
    set_company_day,
)
from kpi_portal.people.services.company import change_company
from kpi_portal.people.services.departments import (
    add_department,
    add_position,
    change_department,
    change_position,
    ensure_department,
    ensure_position,
)
from kpi_portal.people.services.employees import (
    add_employee,
    add_leave,
    change_employee,
    leave,
    rejoin,
    remember_alias,
    remove_leave,
    transfer,
)
from kpi_portal.people.services.newcomers import add_employees
from kpi_portal.people.services.notices import notify
from kpi_portal.people.services.tokens import create_token, revoke_token

__all__ = [
    "add_account",
    "add_department",
    "add_employee",
    "add_employees",
    "add_leave",
    "add_position",
    "change_account",
    "change_company",
    "change_department",
    "change_employee",
    "change_position",
    "clear_company_day",
    "create_token",
    "disable_account",
    "enable_account",
    "end_sessions",
    "ensure_department",
    "ensure_position",
    "grant_role",
    "leave",
    "notify",
    "rejoin",
    "remember_alias",
    "remove_leave",
    "remove_second_factor",
    "revoke_role",
    "revoke_token",
    "seed_calendar",
    "set_company_day",
    "set_password",
    "transfer",
]
