"""Who may change the indicator library. Everybody who is signed in may read it: it holds no
results; values are shown as far as the reader may see the cards that they come from."""

from appraisal.schemes.permissions import can_create as can_create_schemes
from kpi_portal.people.models import Role, User


def can_create(user: User) -> bool:
    """Add an indicator: HR, administrators, and whoever drafts schemes."""
    return user.has_role(Role.HR, Role.ADMIN) or can_create_schemes(user)


def can_edit(user: User) -> bool:
    """Change one that is there, for everybody who uses it: HR and administrators."""
    return user.has_role(Role.HR, Role.ADMIN)


def can_see_values(user: User) -> bool:
    """See how values are spread: whoever reads cards without having to say why each time."""
    return user.has_role(Role.SUPERVISOR, Role.HR, Role.COMMITTEE)
