"""Reading jobs for pages."""

from django.db.models import QuerySet

from kpi_portal.jobs import kinds
from kpi_portal.jobs.models import LIVE, Job
from kpi_portal.people.models import User


def jobs_for(user: User, *, kind: str = "", state: str = "") -> QuerySet[Job]:
    """The jobs that `user` may see, newest first. `state` may be "live": waiting or running."""
    jobs = Job.objects.visible_to(user).select_related("requested_by__employee")
    if kind:
        jobs = jobs.filter(kind=kind)
    if state == "live":
        jobs = jobs.filter(state__in=LIVE)
    elif state:
        jobs = jobs.filter(state=state)
    return jobs


def kind_choices() -> list[tuple[str, str]]:
    """The kinds with their names, for a filter."""
    return [(kind, kinds.label(kind)) for kind in kinds.handlers()]
