"""Departments and positions."""

import unicodedata
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import Conflict
from kpi_portal.people.models import Department, Position, User
from kpi_portal.people.queries import department_tree_ids
from kpi_portal.people.services import changes

NAMES = frozenset({"code", "name", "name_zh_hant", "name_en"})
DEPARTMENT_FIELDS = NAMES | {"parent", "head"}
UNASSIGNED = "未分配"


class DepartmentInItself(Conflict):
    code = "department_in_itself"


@transaction.atomic
def add_department(*, by: User | None, reason: str = "", **fields: Any) -> Department:
    """A new department from code, name and maybe parent and head. Raises Invalid."""
    department = Department()
    _add(department, "department.added", fields, DEPARTMENT_FIELDS, by, reason)
    return department


@transaction.atomic
def change_department(
    department: Department, *, by: User | None, reason: str = "", **fields: Any
) -> Department:
    """Change code, names, parent or head. Raises Invalid and DepartmentInItself."""
    parent = fields.get("parent")
    if parent is not None and parent.pk in department_tree_ids([department.pk]):
        raise DepartmentInItself(
            _("“%(parent)s” belongs to “%(name)s” itself. Choose another department above it.")
            % {"parent": parent.label, "name": department.label}
        )
    changes.apply(
        department, "department.changed", fields,
        allowed=DEPARTMENT_FIELDS, by=by, reason=reason,
    )  # fmt: skip
    return department


@transaction.atomic
def add_position(*, by: User | None, reason: str = "", **fields: Any) -> Position:
    """A new position from code and name. Raises Invalid."""
    position = Position()
    _add(position, "position.added", fields, NAMES, by, reason)
    return position


@transaction.atomic
def change_position(
    position: Position, *, by: User | None, reason: str = "", **fields: Any
) -> Position:
    """Change code or names. Raises Invalid."""
    changes.apply(position, "position.changed", fields, allowed=NAMES, by=by, reason=reason)
    return position


@transaction.atomic
def ensure_department(text: str, *, by: User | None) -> Department:
    """The department with this code or name (trimmed, NFKC); made with both if there is none.

    An empty text is 未分配. Safe to run again.
    """
    name = unicodedata.normalize("NFKC", text).strip() or UNASSIGNED
    known = Department.objects.filter(code=name[:40]).first()
    known = known or Department.objects.filter(name=name[:100]).first()
    return known or add_department(code=name[:40], name=name[:100], by=by)


@transaction.atomic
def ensure_position(text: str, *, by: User | None) -> Position:
    """The position with this code or name; made with both if there is none."""
    name = unicodedata.normalize("NFKC", text).strip()
    known = Position.objects.filter(code=name[:40]).first()
    known = known or Position.objects.filter(name=name[:100]).first()
    return known or add_position(code=name[:40], name=name[:100], by=by)


def _add(
    obj: Any,
    act: str,
    fields: dict[str, Any],
    allowed: frozenset[str],
    by: Any,
    reason: str,
) -> None:
    if unknown := set(fields) - allowed:
        raise ValueError(f"{sorted(unknown)} cannot be set here")
    for name, value in fields.items():
        setattr(obj, name, value)
    changes.checked(obj)
    obj.save(force_insert=True)
    record(act, obj, actor=by, after=fields, reason=reason)
