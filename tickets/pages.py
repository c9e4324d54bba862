"""What the pages of tickets and imports show, made ready for the templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kpi_portal.core import text
from kpi_portal.people.models import Employee
from kpi_portal.people.queries import zone
from tickets.importing import fields
from tickets.importing.reasons import warning
from tickets.importing.table_kinds import KINDS
from tickets.models import Import, Ticket


@dataclass(frozen=True, slots=True)
class Fact:
    label: Any
    value: str


_PEOPLE = ("agent", "first_agent", "department")
_WHAT = ("kind", "channel", "service_type", "category", "sub_category", "priority", "complexity",
         "tags", "customer_mask", "order_ref", "rework_of", "root_cause",
         "knowledge_article")  # fmt: skip
_WHEN = ("created_at", "first_response_at", "solution_given_at", "resolved_at",
         "last_resolved_at", "closed_at", "promised_at", "appointment_at", "arrived_at",
         "source_updated_at")  # fmt: skip
_HOW = ("handle_seconds", "contacts", "transfers", "reopens", "escalated", "first_contact",
        "service_error", "accepted", "root_cause_confirmed", "suggestion_adopted")  # fmt: skip


def facts_of(ticket: Ticket) -> list[tuple[str, list[Fact]]]:
    """Everything that is known about a ticket, by group; what is unknown is left out."""
    groups = [
        (_("People involved"), list(_facts(ticket, _PEOPLE))),
        (_("What"), list(_facts(ticket, _WHAT))),
        (_("When"), list(_facts(ticket, _WHEN))),
        (_("How"), [*_durations(ticket), *_facts(ticket, _HOW)]),
    ]
    return [(title, facts) for title, facts in groups if facts]


def _facts(ticket: Ticket, names: tuple[str, ...]) -> Iterator[Fact]:
    for name in names:
        shown = _shown(ticket, name)
        if shown:
            yield Fact(Ticket._meta.get_field(name).verbose_name, shown)  # type: ignore[union-attr]


def _shown(ticket: Ticket, name: str) -> str:
    value = getattr(ticket, name)
    if value is None or value == "" or value == []:
        return ""
    if name in ("kind", "channel"):
        return str(getattr(ticket, f"get_{name}_display")())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "handle_seconds":
        return text.seconds_text(value)
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, Employee):
        return value.name if value.name == value.number else str(value)
    if name.endswith("_at"):
        return f"{value.astimezone(zone()):%Y-%m-%d %H:%M:%S}"
    return str(value)


def _durations(ticket: Ticket) -> Iterator[Fact]:
    named = (
        ("frt_s", _("time to first response")),
        ("active_s", _("from first response to resolution")),
        ("full_s", _("time to resolution")),
    )
    for name, label in named:
        value = getattr(ticket, name)
        if value is not None:
            yield Fact(label, text.seconds_text(value))
    created, responded = ticket.created_at, ticket.first_response_at
    if responded is not None and responded < created:
        yield Fact(
            _("time to first response"),
            _("contradictory: the first response lies before the creation; in no metric of it"),
        )


@dataclass(frozen=True, slots=True)
class MappedField:
    """One field in the form of the mapping. `samples`: the first values of its column."""

    name: str
    label: Any
    column: str
    samples: str
    is_required: bool
    is_joined: bool


REQUIRED: Mapping[str, tuple[str, ...]] = {
    "tickets": ("external_id", "created_at"),
    "satisfaction": (),
    **{key: kind.required for key, kind in KINDS.items()},
}


def mapped_fields(kept: Import) -> tuple[list[MappedField], list[MappedField]]:
    """The fields that have a column, and the others."""
    plan: Mapping[str, Any] = kept.mapping.get("plan", {})
    columns = plan.get("columns", {})
    header = kept.mapping.get("header", [])
    preview = kept.mapping.get("preview", [])
    found: tuple[list[MappedField], list[MappedField]] = ([], [])
    for name, field in fields.OF_KIND[kept.kind].items():
        column = columns.get(name, "")
        required = name in REQUIRED[kept.kind]
        entry = MappedField(
            name, field.label, column, _samples(column, header, preview), required,
            "+" in column and column not in header,
        )  # fmt: skip
        found[0 if column or required else 1].append(entry)
    return found


def _samples(column: str, header: list[str], preview: list[list[str]]) -> str:
    name = column.split("+")[0].split("#")[0]
    if name not in header:
        return ""
    place = header.index(name)
    values = [row[place] for row in preview if place < len(row) and row[place]]
    return " · ".join(dict.fromkeys(value[:40] for value in values[:3]))


def warnings_of(kept: Import) -> list[tuple[str, int]]:
    """The warnings of a check or an import, with how many rows each concerns."""
    counted: Mapping[str, int] = kept.control.get("warnings", {})
    return [(warning(key), number) for key, number in counted.items() if number]


def steps_of(kept: Import) -> list[dict[str, Any]]:
    """The line of steps above an import."""
    labels = (_("Upload"), _("Recognise and map"), _("Check"), _("Import"), _("Result"))
    at = {
        Import.State.UPLOADED: 1,
        Import.State.CHECKING: 2,
        Import.State.CHECKED: 3,
        Import.State.RUNNING: 3,
        Import.State.DONE: 5,
        Import.State.FAILED: 1,
    }[Import.State(kept.state)]
    return [
        {
            "label": label,
            "state": "done" if place < at else "current" if place == at else "next",
        }
        for place, label in enumerate(labels)
    ]


def level_of(kept: Import) -> str:
    """The colour of the state's chip."""
    return {
        Import.State.DONE: "attention" if kept.rejected else "good",
        Import.State.FAILED: "problem",
        Import.State.CHECKING: "running",
        Import.State.RUNNING: "running",
    }.get(Import.State(kept.state), "")
