"""Whether one index holds all that a request reads: then the table itself is not visited, and
requests that need more do not slow down those that do not.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP

from surveys.models import SatisfactionAnswer, SurveyInvitation
from tickets.models import Ticket

INDEXES = {
    "created_at": (Ticket, "tickets_ticket_by_creation"),
    "resolved_at": (Ticket, "tickets_ticket_by_resolution"),
    "promised_at": (Ticket, "tickets_ticket_by_promise"),
    "appointment_at": (Ticket, "tickets_ticket_by_visit"),
    "answered_at": (SatisfactionAnswer, "surveys_answer_by_answer"),
    "invited_at": (SurveyInvitation, "surveys_invite_by_invitation"),
}
RELATIONS = ("ticket", "answer")
ELSEWHERE = ""  # what stands for a column of another table


def by_index(instant: str, parts: Iterable[Any]) -> bool:
    """Whether the index of an anchor's instant holds every column of conditions and amounts."""
    return all(name in _columns(instant) for part in parts for name in _names(part))


@cache
def _columns(instant: str) -> frozenset[str]:
    model, name = INDEXES[instant]
    index = next(index for index in model._meta.indexes if index.name == name)
    return frozenset((*index.fields, *index.include))


def _names(part: Any) -> Iterator[str]:
    """The columns that a condition or expression reads."""
    if isinstance(part, F):
        yield _column(str(getattr(part, "name")))  # noqa: B009 — the stubs do not know it
    elif isinstance(part, Q):
        for child in part.children:
            yield from _names(child)
    elif isinstance(part, tuple):
        yield _column(part[0])
        yield from _names(part[1])
    elif hasattr(part, "get_source_expressions"):
        for source in part.get_source_expressions():
            yield from _names(source)


def _column(path: str) -> str:
    first, *rest = path.split(LOOKUP_SEP)
    if first in RELATIONS and rest and rest[0] not in ("isnull", "in", "exact"):
        return ELSEWHERE
    return first.removesuffix("_id") if first != "external_id" else first
