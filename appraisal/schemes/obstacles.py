"""What stands in the way of a version: a place and a sentence, and the error that carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kpi_portal.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, or one to think of. `sentence` says what to do.

    `where`: a setting (`weights`, `coverage`, `effective_from`, `rollup`, …), `items`,
    `items.<place>.<field>`, `bands…`, `coefficients.<place>.<field>`, `parts.<place>.<field>`;
    places count from 0.
    """

    where: str
    sentence: str


class NotReady(DomainError):
    """A version cannot be submitted or activated yet; `obstacles` says why."""

    code = "scheme_not_ready"
    status = 422

    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(
            " ".join(each.sentence for each in self.obstacles), fields=by_field(self.obstacles)
        )


def by_field(obstacles: Iterable[Obstacle]) -> dict[str, str]:
    """The first sentence of each place, as the API gives it."""
    fields: dict[str, str] = {}
    for each in obstacles:
        fields.setdefault(each.where, each.sentence)
    return fields
