"""What a row of the access table is, and the groups of roles that its rows speak of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from kpi_portal.tests.access_world import ROLES, World

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

ALL = frozenset(ROLES)
SIGNED_IN = ALL - {"anonymous"}
MEMBERS = SIGNED_IN - {"stranger"}
NOBODY: frozenset[str] = frozenset()
REST = SIGNED_IN

AGENT = frozenset({"agent"})
TEAM = frozenset({"agent", "colleague"})
SUPERVISOR = frozenset({"supervisor"})
SUPERVISORS = frozenset({"supervisor", "other_supervisor"})
INSPECTOR = frozenset({"inspector"})
HR = frozenset({"hr", "hr_lead"})
REVIEWER = frozenset({"hr"})
LEAD = frozenset({"hr_lead"})
COMMITTEE = frozenset({"committee", "chair"})
ARBITER = frozenset({"committee"})
CHAIR = frozenset({"chair"})
ADMIN = frozenset({"admin"})
AUDITOR = frozenset({"auditor"})
STRANGER = frozenset({"stranger"})

Data = Mapping[str, Any] | Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One address and how it is used; `parts` names what stands in its place holders.

    `done` is what those who may get: not `ok` where the state of things is in the way.
    """

    name: str
    methods: tuple[str, ...]
    ok: frozenset[str]
    refused: frozenset[str] = NOBODY
    parts: Mapping[str, str] = field(default_factory=dict)
    data: Data = field(default_factory=dict)
    query: str = ""
    stage: str = "draft"
    done: str = "ok"

    def __str__(self) -> str:
        where = "".join(f" {value}" for value in self.parts.values())
        return f"{'+'.join(self.methods)} {self.name}{where}{self.query} [{self.stage}]"

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    def expected(self, role: str) -> str:
        """`ok`, `login`, `401`, `403` or `404`."""
        if role in self.ok:
            return self.done
        if role == "anonymous":
            return "401" if self.is_api else "login"
        return "403" if role in self.refused else "404"

    def url(self, world: World, **instead: Any) -> str:
        kwargs = {name: world.parts[part] for name, part in self.parts.items()} | instead
        return reverse(self.name, kwargs=kwargs) + self.query

    def form(self, world: World) -> Mapping[str, Any]:
        return self.data(world) if callable(self.data) else self.data


def row(
    name: str,
    methods: tuple[str, ...],
    ok: frozenset[str],
    refused: frozenset[str] = NOBODY,
    *,
    data: Data | None = None,
    query: str = "",
    stage: str = "draft",
    done: str = "ok",
    **parts: Any,
) -> Row:
    return Row(name, methods, ok, refused, parts, data or {}, query, stage, done)
