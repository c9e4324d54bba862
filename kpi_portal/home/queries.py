"""What waits for a person, and what a search finds, gathered from every app."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

from kpi_portal.core.search import SearchHit
from kpi_portal.core.time import working_days
from kpi_portal.people import queries as people
from kpi_portal.people.models import User
from kpi_portal.people.todo import Todo, by_due_date

# Each may give waiting_for(user, now) and search(user, text, limit).
SOURCES = (
    "kpi_portal.people.queries",
    "kpi_portal.people.search",
    "kpi_portal.people.second_person.queries",
    "tickets.queries",
    "surveys.queries",
    "appraisal.scorecards.queries",
    "appraisal.schemes.queries",
    "appraisal.indicators.queries",
    "appraisal.periods.queries",
    "appraisal.corrections.queries",
    "appeals.queries",
)
HITS_PER_SOURCE = 10
SHORTEST_QUERY = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A todo and the working days left for it (0 today, below 0 overdue, None without date)."""

    todo: Todo
    days_left: int | None


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Everything that waits for `user`: by due date, what has none last."""
    todos = by_due_date([todo for find in _functions("waiting_for") for todo in find(user, now)])
    today = people.local_date(now)
    return [Waiting(todo, days) for todo, days in zip(todos, _left(todos, today), strict=True)]


def _left(todos: list[Todo], today: date) -> Iterator[int | None]:
    due = [todo.due_on for todo in todos if todo.due_on]
    if not due:
        yield from (None for _todo in todos)
        return
    is_workday = people.workday_test(min(today, *due), max(today, *due) + timedelta(days=1))
    for todo in todos:
        yield days_left(todo.due_on, today, is_workday) if todo.due_on else None


def days_left(due_on: date, today: date, is_workday: Callable[[date], bool]) -> int:
    """Working days after `today` up to and including `due_on`; below 0 once it is over."""
    if due_on < today:
        return -max(
            1, working_days(due_on + timedelta(days=1), today + timedelta(days=1), is_workday)
        )
    return working_days(today + timedelta(days=1), due_on + timedelta(days=1), is_workday)


def found(user: User, text: str) -> list[tuple[str, list[SearchHit]]]:
    """What `user` may see of what matches `text`, by kind; nothing for fewer than 2 characters."""
    if len(text) < SHORTEST_QUERY:
        return []
    kinds: dict[str, list[SearchHit]] = {}
    for find in _functions("search"):
        for hit in find(user, text, HITS_PER_SOURCE):
            kinds.setdefault(str(hit.kind), []).append(hit)
    return list(kinds.items())


def _functions(name: str) -> Iterator[Callable[..., Any]]:
    """The function `name` of each source that has one."""
    for path in SOURCES:
        function = getattr(import_module(path), name, None)
        if function is not None:
            yield function
