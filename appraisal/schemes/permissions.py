"""Who may write, submit and approve schemes: rows 10 to 14 of the permission matrix, and C8."""

from __future__ import annotations

from collections.abc import Collection

from appraisal.models import SchemeVersion
from appraisal.models.visibility import proposed_department_ids
from appraisal.schemes.content import Whom
from kpi_portal.people.models import Role, User


def can_create(user: User) -> bool:
    """HR, and supervisors who have a department to propose for."""
    return user.has_role(Role.HR) or bool(proposed_department_ids(user))


def can_draft_from(user: User, version: SchemeVersion) -> bool:
    """Begin the next draft from an approved version."""
    return version.is_decided and _is_responsible(user, version)


def can_edit(user: User, version: SchemeVersion) -> bool:
    """Change a draft: HR all, supervisors what concerns one of their departments."""
    return version.is_editable and _is_responsible(user, version)


def can_submit(user: User, version: SchemeVersion) -> bool:
    return can_edit(user, version)


def can_discard(user: User, version: SchemeVersion) -> bool:
    """Throw a draft away: whoever may edit it."""
    return can_edit(user, version)


def can_withdraw(user: User, version: SchemeVersion) -> bool:
    """Take a submission back: whoever submitted it, and HR."""
    if version.state != SchemeVersion.State.SUBMITTED:
        return False
    return user.pk == version.submitted_by_id or user.has_role(Role.HR)


def can_decide(user: User, version: SchemeVersion) -> bool:
    """Approve or reject: the committee, but nobody who wrote, edited or submitted it (C8)."""
    return (
        version.state == SchemeVersion.State.SUBMITTED
        and user.has_role(Role.COMMITTEE)
        and not has_a_hand_in(user, version)
    )


def can_see_confirmations(user: User, version: SchemeVersion) -> bool:
    """The ledger of who confirmed: HR, auditors, supervisors for their departments."""
    return user.has_role(Role.HR, Role.AUDITOR) or bool(
        proposed_department_ids(user) & _departments(version)
    )


def has_a_hand_in(user: User, version: SchemeVersion) -> bool:
    """Whether the user is author, submitter or one of the editors."""
    if user.pk in (version.author_id, version.submitted_by_id):
        return True
    return any(editor.pk == user.pk for editor in version.editors.all())


def allowed_coverage(
    user: User, wanted: Collection[Whom], before: Collection[Whom]
) -> tuple[Whom, ...]:
    """`wanted`, as far as the user decides it: HR everywhere, supervisors at home.

    For other departments what stood there `before` stays.
    """
    if user.has_role(Role.HR):
        return tuple(wanted)
    own = proposed_department_ids(user)
    kept = [whom for whom in before if whom[0] not in own]
    return tuple(dict.fromkeys([*kept, *(whom for whom in wanted if whom[0] in own)]))


def _is_responsible(user: User, version: SchemeVersion) -> bool:
    if user.has_role(Role.HR):
        return True
    own = proposed_department_ids(user)
    if not own:
        return False
    covered = _departments(version)
    return bool(own & covered) or (not covered and version.author_id == user.pk)


def _departments(version: SchemeVersion) -> set[int]:
    return {each.department_id for each in version.coverage.all()}
