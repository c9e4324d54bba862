"""Who is where and answers to whom, by date; the company, its zone and its calendar."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Count, Q, QuerySet

from kpi_portal.core.time import add_working_days
from kpi_portal.people.models import (
    Assignment,
    Company,
    Department,
    Employee,
    Leave,
    Notice,
    Role,
    RoleGrant,
    User,
    WorkCalendarDay,
)

SATURDAY = 5


def company() -> Company:
    """The company's settings; the defaults while nobody has saved any."""
    return Company.objects.filter(pk=1).first() or Company(pk=1, name="KPI Portal")


def zone() -> ZoneInfo:
    """Company time."""
    return ZoneInfo(settings.TIME_ZONE)


def local_date(instant: datetime) -> date:
    """The date of `instant` in company time."""
    return instant.astimezone(zone()).date()


def workday_test(start: date, end: date) -> Callable[[date], bool]:
    """Whether a day is a working day of the company: one query for `[start, end)`.

    Days outside of it are looked up, too, at one more query per year.
    """
    table: dict[date, bool] = {}
    covered: list[tuple[date, date]] = []

    def load(first: date, last: date) -> None:
        rows = WorkCalendarDay.objects.filter(day__gte=first, day__lt=last)
        table.update(rows.values_list("day", "is_workday"))
        covered.append((first, last))

    def test(day: date) -> bool:
        if not any(first <= day < last for first, last in covered):
            load(date(day.year, 1, 1), date(day.year + 1, 1, 1))
        return table.get(day, day.weekday() < SATURDAY)

    load(start, end)
    return test


def working_day_after(start: date, count: int) -> date:
    """The `count`-th working day after `start` (not counted itself); see add_working_days."""
    return add_working_days(start, count, workday_test(start, start + timedelta(count * 2 + 30)))


def present_working_day_after(employee_id: int, start: date, count: int) -> date:
    """As `working_day_after`, but a day of the employee's recorded leave does not count."""
    test = workday_test(start, start + timedelta(count * 2 + 60))
    leaves = list(
        Leave.objects.filter(employee_id=employee_id, end_on__gt=start).values_list(
            "start_on", "end_on"
        )
    )

    def is_present(day: date) -> bool:
        return test(day) and not any(first <= day < last for first, last in leaves)

    return add_working_days(start, count, is_present)


def provisional_years() -> list[int]:
    """Years whose statutory days are not announced yet, ascending."""
    rows = WorkCalendarDay.objects.filter(is_provisional=True).values_list("day", flat=True)
    return sorted({day.year for day in rows})


def led_ids(user: User, start: date, end: date) -> set[int]:
    """Ids of the employees whom `user` directly supervises on any day of `[start, end)`.

    Empty without the supervisor role: who loses it loses the team at once. For conflicts of
    interest ask `supervisor_ids`, which looks at assignments only.
    """
    if user.employee_id is None or not user.has_role(Role.SUPERVISOR):
        return set()
    rows = Assignment.objects.overlapping(start, end).filter(supervisor_id=user.employee_id)
    return set(rows.values_list("employee_id", flat=True))


def led_now_ids(user: User, on: date) -> set[int]:
    """Ids of the employees whom `user` directly supervises on that day."""
    return led_ids(user, on, on + timedelta(days=1))


def supervisor_ids(employee_id: int, start: date, end: date) -> set[int]:
    """Employee ids of everybody who directly supervised `employee_id` in `[start, end)`."""
    rows = Assignment.objects.overlapping(start, end).filter(employee_id=employee_id)
    return set(rows.exclude(supervisor=None).values_list("supervisor_id", flat=True))


def line_ids(employee_id: int, start: date, end: date) -> set[int]:
    """Employee ids above and below `employee_id` in the direct line on any day of `[start, end)`.

    Above: supervisors, theirs, and the heads of the departments. Below: everybody who reports
    to them, over any number of steps.
    """
    links = list(
        Assignment.objects.overlapping(start, end).values_list(
            "employee_id", "supervisor_id", "department_id"
        )
    )
    up: dict[int, set[int]] = {}
    down: dict[int, set[int]] = {}
    for below, above, _department in links:
        if above is not None:
            up.setdefault(below, set()).add(above)
            down.setdefault(above, set()).add(below)
    own = {department for below, _above, department in links if below == employee_id}
    line = _reachable(employee_id, up) | _reachable(employee_id, down) | _heads_of(own)
    return line - {employee_id}


def _reachable(start: int, edges: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen


def _heads_of(department_ids: set[int]) -> set[int]:
    """Employee ids of the heads of these departments and of those that they belong to."""
    rows = {
        pk: (parent, head)
        for pk, parent, head in Department.objects.values_list("pk", "parent_id", "head_id")
    }
    heads: set[int] = set()
    seen: set[int] = set()
    waiting = list(department_ids)
    while waiting:
        pk = waiting.pop()
        if pk in seen or pk not in rows:
            continue
        seen.add(pk)
        parent, head = rows[pk]
        if head is not None:
            heads.add(head)
        if parent is not None:
            waiting.append(parent)
    return heads


def headed_department_ids(user: User) -> set[int]:
    """Ids of the departments that `user` heads, with all departments below them.

    Empty without the supervisor role.
    """
    if user.employee_id is None or not user.has_role(Role.SUPERVISOR):
        return set()
    return Department.objects.tree_ids(head_id=user.employee_id)


def department_tree_ids(roots: Iterable[int]) -> set[int]:
    """`roots` and all departments below them."""
    wanted = set(roots)
    return Department.objects.tree_ids(pk__in=wanted) if wanted else wanted


def assignments_at(ids: Iterable[int], day: date) -> dict[int, Assignment]:
    """The assignment in force on `day` of each employee in `ids`; absent if there is none.

    Department, position and supervisor come with it.
    """
    rows = Assignment.objects.on(day).filter(employee_id__in=set(ids))
    related = rows.select_related("employee", "department", "position", "supervisor")
    return {assignment.employee_id: assignment for assignment in related}


def users_with_role(*roles: str) -> list[User]:
    """Active accounts that hold one of `roles` (HR leads are HR, chairs are committee)."""
    wanted = set(roles)
    if Role.HR in wanted:
        wanted.add(Role.HR_LEAD)
    if Role.COMMITTEE in wanted:
        wanted.add(Role.CHAIR)
    return list(
        User.objects.filter(is_active=True, role_grants__role__in=wanted)
        .select_related("employee")
        .distinct()
    )


def users_of(employee_ids: Iterable[int]) -> dict[int, User]:
    """The active account of each employee that has one, by employee id."""
    rows = User.objects.filter(is_active=True, employee_id__in=set(employee_ids))
    return {user.employee_id: user for user in rows.select_related("employee") if user.employee_id}


def unread_count(user: User) -> int:
    """How many notices wait to be read."""
    return Notice.objects.filter(user=user, read_at=None).count()


def department_tree(day: date) -> list[tuple[Department, int, int]]:
    """All departments, each below the one that it is part of: (department, depth, people).

    `people` counts who belongs to it on `day`, without those of departments below.
    """
    current = Q(assignments__start_on__lte=day) & (
        Q(assignments__end_on=None) | Q(assignments__end_on__gt=day)
    )
    counted = Count("assignments__employee", filter=current, distinct=True)
    rows = Department.objects.select_related("head").annotate(people=counted)
    below: dict[int | None, list[Department]] = {}
    for department in rows:
        below.setdefault(department.parent_id, []).append(department)
    tree: list[tuple[Department, int, int]] = []

    def add(parent: int | None, depth: int) -> None:
        for department in below.get(parent, ()):
            tree.append((department, depth, department.people))  # type: ignore[attr-defined]
            add(department.pk, depth + 1)

    add(None, 0)
    return tree


def find_employees(
    user: User,
    day: date,
    *,
    q: str = "",
    department: Department | None = None,
    state: str = "",
) -> QuerySet[Employee]:
    """Employees that `user` may see, by number. `state`: "here" or "left" as of `day`."""
    found = Employee.objects.visible_to(user)
    if q:
        found = found.filter(Q(number__icontains=q) | Q(name__icontains=q))
    if department is not None:
        there = Assignment.objects.on(day).filter(department=department)
        found = found.filter(pk__in=there.values("employee_id"))
    if state == "here":
        found = found.filter(Q(left_on=None) | Q(left_on__gte=day))
    elif state == "left":
        found = found.filter(left_on__lt=day)
    return found


def accounts_for(user: User) -> QuerySet[User]:
    """The accounts that `user` may look at: all, or for supervisors those of their team."""
    if user.has_role(Role.HR, Role.ADMIN, Role.AUDITOR):
        return User.objects.all()
    if user.has_role(Role.SUPERVISOR):
        return User.objects.filter(employee__in=Employee.objects.visible_to(user))
    return User.objects.none()


def find_accounts(user: User, *, q: str = "", role: str = "") -> QuerySet[User]:
    """Accounts that `user` may look at, by user name, with their employee and roles."""
    found = accounts_for(user).select_related("employee").prefetch_related("role_grants")
    if q:
        found = found.filter(
            Q(username__icontains=q)
            | Q(employee__number__icontains=q)
            | Q(employee__name__icontains=q)
        )
    if role:
        found = found.filter(pk__in=RoleGrant.objects.filter(role=role).values("user_id"))
    return found


def role_labels(account: User) -> list[str]:
    """The names of the roles granted to an account, as granted (not what they include)."""
    granted = {grant.role for grant in account.role_grants.all()}
    return [str(Role(role).label) for role in Role.values if role in granted]


def grants_of(account: User) -> list[RoleGrant]:
    return list(account.role_grants.order_by("granted_at", "role"))


def has_second_factor(account: User) -> bool:
    """Whether signing in asks for a code besides the password."""
    return bool(is_mfa_enabled(account))


def employees_by_number(numbers: Iterable[str]) -> dict[str, Employee]:
    """Employees by their number; absent if unknown."""
    return Employee.objects.in_bulk(list(numbers), field_name="number")
