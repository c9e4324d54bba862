"""Reading satisfaction answers for lists."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q

from kpi_portal.core.time import midnight
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone
from surveys.models import SatisfactionAnswer
from surveys.models.visibility import AnswerQuerySet
from tickets.importing.converters import plain


def answers(user: User, wanted: Mapping[str, Any]) -> AnswerQuerySet:
    """Answers that `user` may see, newest first, narrowed by the fields of `AnswerFilter`."""
    condition = Q()
    if start := wanted.get("from"):
        condition &= Q(answered_at__gte=midnight(start, zone()))
    if end := wanted.get("to"):
        condition &= Q(answered_at__lt=midnight(end + timedelta(days=1), zone()))
    if agent := wanted.get("agent"):
        condition &= Q(agent__number=plain(agent)) | Q(agent__name=plain(agent))
    if channel := wanted.get("channel"):
        condition &= Q(channel=channel)
    if number := wanted.get("q"):
        condition &= Q(ticket_external_id__startswith=plain(number))
    if brought := wanted.get("import"):
        condition &= Q(last_import_id=brought)
    rows = SatisfactionAnswer.objects.visible_to(user).filter(condition)
    return rows.select_related("agent", "ticket")
