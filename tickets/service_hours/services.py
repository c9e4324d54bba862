"""Changes of service hours. Figures by service hours follow from the next run on."""

from django.db import transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import Department, User
from tickets.models import ServiceHours


class HoursOverlap(DomainError):
    """Two spans of one day would overlap."""

    code = "hours_overlap"
    status = 409


@transaction.atomic
def add_hours(
    *,
    department: Department | None,
    channel: str,
    days: str,
    opens: int,
    closes: int,
    by: User | None,
    reason: str = "",
) -> ServiceHours:
    """Customers are served from `opens` to `closes` (minutes after midnight) on such days.

    Raises HoursOverlap. A department of None and a channel of "" are any.
    """
    same = ServiceHours.objects.select_for_update(of=("self",)).filter(
        department=department, channel=channel, days=days
    )
    if any(each.opens < closes and opens < each.closes for each in same):
        sentence = _("These hours overlap hours of the same days that are already entered.")
        raise HoursOverlap(sentence, fields={"opens": sentence})
    row = ServiceHours.objects.create(
        department=department, channel=channel, days=days, opens=opens, closes=closes
    )
    record(
        "hours.added",
        ("service_hours", str(row.pk)),
        actor=by,
        after=_facts(row),
        reason=reason,
    )
    return row


@transaction.atomic
def remove_hours(row: ServiceHours, *, by: User | None, reason: str = "") -> None:
    """The days are served as the next wider entry says."""
    record(
        "hours.removed",
        ("service_hours", str(row.pk)),
        actor=by,
        before=_facts(row),
        reason=reason,
    )
    row.delete()


def clock(minutes: int) -> str:
    """540 is 09:00; the end of the day is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _facts(row: ServiceHours) -> dict[str, str]:
    return {
        "department": row.department.code if row.department else "",
        "channel": row.channel,
        "days": row.days,
        "opens": clock(row.opens),
        "closes": clock(row.closes),
    }
