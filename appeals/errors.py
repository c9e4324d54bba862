"""What may be wrong about an act on an appeal."""

from typing import Any

from kpi_portal.core.errors import Conflict, DomainError, NotAllowed


class WindowClosed(DomainError):
    """The time to appeal is over, or has not begun."""

    code = "appeal_window_closed"


class AppealIncomplete(DomainError):
    """Something that the act needs has not been said."""

    code = "appeal_incomplete"


class StateMoved(Conflict):
    """The appeal is no longer where the act needs it."""

    code = "appeal_moved_on"


class ConflictOfInterest(NotAllowed):
    """This person has a stake in the matter (5-appeals.md rule 2)."""

    code = "conflict_of_interest"


class StakeArisen(Conflict):
    """Somebody who was assigned has a stake by now, or lost the role; `user_id` names them.

    HR is told, and somebody else has to be assigned (9-promises.md section 4, C9).
    """

    code = "stake_arisen"

    def __init__(self, message: Any, *, user_id: int) -> None:
        super().__init__(message)
        self.user_id = user_id


class DeadlinePassed(Conflict):
    """The step's due date is over; what follows is fixed (5-appeals.md rule 15)."""

    code = "deadline_passed"


class AlreadyDecided(Conflict):
    """An appeal about this result was decided; there is no other one."""

    code = "already_decided"


class AlreadySaid(Conflict):
    """This party has answered, this arbiter has voted, this step was extended already."""

    code = "already_said"
