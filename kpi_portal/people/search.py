"""What a global search finds of people."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi_portal.core.search import SearchHit
from kpi_portal.people import queries
from kpi_portal.people.models import User
from kpi_portal.people.permissions import can_view_people


def search(user: User, text: str, limit: int) -> list[SearchHit]:
    """Employees whom `user` may see, by a part of number or name. Three queries at most."""
    if not can_view_people(user):
        return []
    today = queries.local_date(timezone.now())
    employees = list(queries.find_employees(user, today, q=text)[:limit])
    places = queries.assignments_at([employee.pk for employee in employees], today)
    return [
        SearchHit(
            kind=_("Employees"),
            title=f"{employee.name} {employee.number}",
            url=reverse("people:employee", args=[employee.number]),
            detail=place.department.label if (place := places.get(employee.pk)) else _("left"),
        )
        for employee in employees
    ]
