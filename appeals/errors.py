"""What may be wrong about an act on an appeal."""

from kpi_portal.core.errors import Conflict, DomainError, NotAllowed


class WindowClosed(DomainError):
    """The time to appeal is over, or has not begun."""

    code = "appeal_window_closed"


class AppealIncomplete(DomainError):
    """Something that the act needs has not been said."""

    code = "appeal_incomplete"


class ConflictOfInterest(NotAllowed):
    """This person has a stake in the matter (5-appeals.md rule 2)."""

    code = "conflict_of_interest"


class AlreadySaid(Conflict):
    """This party has answered, this arbiter has voted, this step was extended already."""

    code = "already_said"
