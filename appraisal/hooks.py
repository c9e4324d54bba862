"""What upper apps tell the appraisal, asked for by dotted names in the settings.

`appraisal` never imports upwards: settings.APPRAISAL_HOOKS lists functions by purpose, and
here they are called. A purpose without functions has the answer of an app that is not there.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from appraisal.models.periods import Period
    from kpi_portal.people.models import User


def _functions(purpose: str) -> Iterator[Callable[..., Any]]:
    for name in settings.APPRAISAL_HOOKS.get(purpose, ()):
        yield import_string(name)


def holds_open(period: "Period", at: datetime) -> bool:
    """Whether somebody still has a matter open in `period`, so that it must not be closed at `at`.

    Purpose `holds_open`: functions of a period and an instant that answer True or False.
    """
    return any(function(period, at) for function in _functions("holds_open"))


def case_card_ids(user: "User") -> set[int]:
    """The scorecards that `user` may read because a case is assigned to them.

    Purpose `case_card_ids`: functions of a user that give ids of scorecards.
    """
    ids: set[int] = set()
    for function in _functions("case_card_ids"):
        ids.update(function(user))
    return ids
