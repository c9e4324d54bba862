"""What acts of an appeal are called in its history, and the notices it sends."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals.models import Step

TITLES: Mapping[str, Any] = MappingProxyType(
    {
        "file": _("Appeal submitted"),
        "withdraw": _("Appeal withdrawn"),
        "reject_formally": _("Appeal not admitted"),
        "find_compliant": _("First review: procedure kept"),
        "find_violated": _("First review: procedure violated"),
        "finish_recheck": _("Data rechecked, meeting called"),
        "re_evaluate": _("Evaluated again"),
        "agree": _("Settled: all three agree"),
        "disagree": _("No agreement: to the committee"),
        "lapse": _("Meeting overdue: to the committee"),
        "maintain": _("Decision published: result maintained"),
        "change": _("Decision published: result changed"),
        "assign_reviewer": _("HR reviewer named"),
        "name_evaluator": _("Evaluator named"),
        "schedule_meeting": _("Meeting scheduled"),
        "propose": _("Minutes and proposal written"),
        "confirm": _("A party agrees"),
        "refuse": _("A party does not agree"),
        "seat_panel": _("Panel chosen"),
        "substitute": _("Substitute drawn for the panel"),
        "refer_outside": _("Handed to the outside chair, deadline paused"),
        "take_up": _("Taken up by the outside chair, deadline runs again"),
        "maintain_outside": _("Decision of the outside chair: result maintained"),
        "change_outside": _("Decision of the outside chair: result changed"),
        "escalate": _("Overdue: to the next level"),
        "note_impact": _("Other cards touched by the same records noted"),
        "step_back": _("Stepped back because of a stake"),
        "vote": _("A vote was cast"),
        "extend": _("Deadline extended"),
    }
)

NOTICES: Mapping[str, Any] = MappingProxyType(
    {
        "appeals.filed": _(
            "Appeal %(number)s has been submitted and waits for HR's first review."
        ),
        "appeals.withdrawn": _("Appeal %(number)s has been withdrawn."),
        "appeals.admitted_late": _(
            "HR lets you appeal late: %(number)s is ready for you to fill in."
        ),
        "appeals.assigned": _("You have been named HR reviewer of appeal %(number)s."),
        "appeals.evaluator_wanted": _("Appeal %(number)s needs somebody to evaluate again."),
        "appeals.reviewed": _("The first review of appeal %(number)s is done."),
        "appeals.meeting": _("You are invited to the three-party meeting on appeal %(number)s."),
        "appeals.evaluate": _("You have been named to evaluate again for appeal %(number)s."),
        "appeals.proposal": _("The minutes of appeal %(number)s wait for your confirmation."),
        "appeals.panel_wanted": _("Appeal %(number)s needs a panel."),
        "appeals.arbitration": _("Appeal %(number)s has gone to the committee."),
        "appeals.vote": _("You are on the panel of appeal %(number)s. Please vote."),
        "appeals.all_voted": _("All votes on appeal %(number)s are in."),
        "appeals.closed": _("Appeal %(number)s has been decided."),
        "appeals.extended": _("The deadline of appeal %(number)s has been extended."),
        "appeals.due_soon": _("A step of appeal %(number)s is due soon."),
        "appeals.overdue": _("Appeal %(number)s is overdue."),
        "appeals.stepped_back": _(
            "Somebody has stepped back from appeal %(number)s. Please name another person."
        ),
        "appeals.impact": _(
            "The records of appeal %(number)s touch other scorecards, too. Please look at them."
        ),
        "appeals.claim": _("A claim about a record of %(period)s waits for your answer."),
        "appeals.claim_answered": _("Your claim about a record of %(period)s was answered."),
        "appeals.claim_accepted": _(
            "A claim about a record of %(period)s is right. Please leave the record out or "
            "move it."
        ),
        "appeals.claim_due_soon": _("The answer to a claim of %(period)s is due soon."),
        "appeals.claim_overdue": _("The answer to a claim of %(period)s is overdue."),
        "appeals.outside_wanted": _("You are asked to decide appeal %(number)s as outside chair."),
        "appeals.outside": _(
            "Appeal %(number)s goes to the outside chair, as too few of the committee may decide "
            "it. The deadline is paused until the case is taken up."
        ),
        "appeals.resumed": _(
            "The outside chair has taken up appeal %(number)s. The deadline runs again."
        ),
        "appeals.stake": _(
            "Somebody who acts on appeal %(number)s has a stake by now. Please name another "
            "person."
        ),
    }
)


def step_title(step: Step) -> str:
    """The act in words; one that is gone is named by its key."""
    return str(TITLES.get(step.act, step.act))
