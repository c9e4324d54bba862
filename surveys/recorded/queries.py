"""Reading recorded values for lists."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from kpi_portal.people.models import User
from surveys.models import RecordedValue
from surveys.models.visibility import RecordedQuerySet
from surveys.recorded.items import code_of
from tickets.importing.converters import plain


def values(user: User, wanted: Mapping[str, Any]) -> RecordedQuerySet:
    """Values that `user` may see, newest first, narrowed by the fields of `RecordedFilter`."""
    condition = Q()
    if start := wanted.get("from"):
        condition &= Q(effective_on__gte=start)
    if end := wanted.get("to"):
        condition &= Q(effective_on__lte=end)
    if item := wanted.get("item"):
        condition &= Q(item=code_of(item) or "")
    if who := wanted.get("who"):
        text = plain(who)
        condition &= (
            Q(employee__number=text)
            | Q(employee__name=text)
            | Q(department__code=text)
            | Q(department__name=text)
        )
    if brought := wanted.get("import"):
        condition &= Q(last_import_id=brought)
    rows = RecordedValue.objects.visible_to(user).filter(condition)
    return rows.select_related("employee", "department", "recorded_by__employee")
