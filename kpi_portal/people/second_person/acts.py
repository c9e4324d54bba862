"""What an act is that one person asks for and a second one approves, and which there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from kpi_portal.people.models import SecondPersonRequest, User


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act. Its key is for ever: it stands in the database and in the trail.

    `in_words(request)` is one sentence without personal results; `url(request)` where the
    matter can be looked at. `may_decide(user, request)` leaves the asker and the person
    concerned to `permissions.can_decide`, which asks for those itself. `concerns(request)` is
    the id of the employee who never decides on it, None for nobody. `carry_out(request, by,
    at)` does it in the transaction of the approval; None: the asker may do it once.
    """

    key: str
    label: Any
    in_words: Callable[[SecondPersonRequest], str]
    url: Callable[[SecondPersonRequest], str]
    may_decide: Callable[[User, SecondPersonRequest], bool]
    concerns: Callable[[SecondPersonRequest], int | None]
    carry_out: Callable[[SecondPersonRequest, User, datetime], None] | None = None


@cache
def all_acts() -> dict[str, Act]:
    """The acts by key."""
    found = (import_string(path) for path in settings.SECOND_PERSON_ACTS)
    return {act.key: act for act in found}


def act_of(request: SecondPersonRequest) -> Act:
    return all_acts()[request.act]
