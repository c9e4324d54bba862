"""What waits for somebody, as each app tells it to the page *today*."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the reader.

    `title` is a sentence in the reader's language, `url` where it is done, `due_on` the date by
    whose end it is due (None: no date), `kind` a stable key such as "appeals.review".
    """

    title: Any
    url: str
    due_on: date | None
    kind: str


def by_due_date(todos: list[Todo]) -> list[Todo]:
    """The most urgent first; without a date last; else in the given order."""
    return sorted(todos, key=lambda todo: (todo.due_on is None, todo.due_on or date.max))
