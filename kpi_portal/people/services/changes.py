"""Saving what a person entered: checked in full, and only the difference goes into the trail."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from kpi_portal.audit.services import difference, record
from kpi_portal.core.errors import DomainError


class Invalid(DomainError):
    """What was entered cannot be stored; `fields` says why, per field."""

    code = "invalid"
    status = 422


def checked(obj: Model) -> None:
    """`full_clean` as a domain error. Raises Invalid."""
    try:
        obj.full_clean()
    except ValidationError as error:
        fields = {
            name: " ".join(str(message) for message in messages)
            for name, messages in error.message_dict.items()
        }
        raise Invalid(" ".join(fields.values()), fields=fields) from error


def apply(
    obj: Model,
    act: str,
    changes: Mapping[str, Any],
    *,
    allowed: frozenset[str],
    by: Any | None,
    reason: str = "",
) -> bool:
    """Set the `changes` (field to value) on `obj`, save and record them; False if none differs.

    Raises ValueError for a field that is not in `allowed`, and Invalid.
    """
    if unknown := set(changes) - allowed:
        raise ValueError(f"{sorted(unknown)} cannot be changed here")
    before = {name: getattr(obj, name) for name in changes}
    old, new = difference(before, changes)
    if not new:
        return False
    for name, value in new.items():
        setattr(obj, name, value)
    checked(obj)
    obj.save(update_fields=sorted(new))
    record(act, obj, actor=by, before=old, after=new, reason=reason)
    return True
