"""Help for each area: short questions and answers, as data."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kpi_portal.home.navigation import HR_SIDE, Predicate, everybody, first_part, holds
from kpi_portal.people.models import Role, User
from kpi_portal.people.permissions import can_view_people


@dataclass(frozen=True, slots=True)
class Topic:
    """One area: `answers` are pairs of a question and its answer, each one paragraph."""

    key: str
    icon: str
    title: Any
    summary: Any
    answers: tuple[tuple[Any, Any], ...]
    may: Predicate = everybody


_ALL = (
    Topic(
        "today", "layout-dashboard", _("Today"), _("What waits for you, and until when"),
        (
            (_("What stands under “Waiting for me”?"),
             _("Everything that needs you: cards to read, appeals to answer, schemes and periods "
               "to decide. What is due first stands first. An entry disappears by itself once it "
               "is done.")),
            (_("How are due dates counted?"),
             _("In working days of the Chinese statutory calendar, with make-up workdays and the "
               "company’s own days. A due date ends at 24:00 company time.")),
            (_("Where do notices come from?"),
             _("Every publication, decision and reminder that concerns you is delivered here. A "
               "notice carries a link and never a score.")),
        ),
    ),
    Topic(
        "scorecards", "report-analytics", _("Scorecards"), _("How a score comes about"),
        (
            (_("How is the total made?"),
             _("Each indicator gives points from 0 to 100 by its scoring rule. Points times "
               "weight add up to the subtotal; the department coefficient and adjustments make "
               "the final. Open a line to see the rule with your numbers in it.")),
            (_("Which tickets count?"),
             _("The page of a line lists the records that count and those that do not, each with "
               "the reason: waiting for an answer, contradictory times, a missing field, or "
               "excluded.")),
            (_("Why does an indicator have no score?"),
             _("Where the sample is too small, nothing is scored. The scheme says whether its "
               "weight goes to the other indicators, counts in full, or counts as zero. Nothing "
               "measured is never a bad result by itself.")),
            (_("What does confirming mean?"),
             _("Only that you have read the card. It is no consent, and you can still appeal.")),
        ),
    ),
    Topic(
        "team", "users-group", _("Team"), _("Reading the team board"),
        (
            (_("Whom do I see?"),
             _("The people who answered to you on any day of the period, by the assignment of "
               "that day. Your own unpublished card is never shown to you.")),
            (_("What do the colours say?"),
             _("Five steps of points. The number always stands in the cell, and the step can be "
               "read from it: below 60, 60 to 70, 70 to 80, 80 to 90, 90 and above.")),
            (_("May I change a score?"),
             _("Nobody types over a score. Propose an adjustment with a reason; HR decides "
               "about it, and both stay on the card.")),
        ),
        holds(Role.SUPERVISOR, Role.HR, Role.COMMITTEE),
    ),
    Topic(
        "schemes", "adjustments-horizontal", _("Schemes"), _("Indicators, weights and rules"),
        (
            (_("How does a scheme come into force?"),
             _("Draft, submit, approve. The weights must total exactly 100.00 %. The committee "
               "approves; nobody alone approves a scheme of their own. A version in force never "
               "changes: editing it makes the next draft.")),
            (_("From when does a version apply?"),
             _("From the beginning of a period. A version approved within a running period is "
               "marked on every card of that period.")),
            (_("What does “scale to 100” do?"),
             _("It multiplies every weight by the same factor so that they total 100.00. The "
               "proportions stay; the rounding rest goes to the largest weights.")),
        ),
        holds(Role.SUPERVISOR, *HR_SIDE),
    ),
    Topic(
        "periods", "calendar-stats", _("Periods"), _("From the running month to publication"),
        (
            (_("Which steps does a period take?"),
             _("Running, collecting data, calculated, with the committee, published, closed. The "
               "console shows what the current step needs and who acts.")),
            (_("May I run the computation again?"),
             _("Until the period is published, any number of times. Running again changes nothing "
               "where nothing changed; differences are listed.")),
            (_("What happens on publication?"),
             _("The cards become visible to their agents, notices are sent, the appeal window "
               "opens, and the inputs are frozen under a checksum.")),
        ),
        holds(*HR_SIDE),
    ),
    Topic(
        "appeals", "scale", _("Appeals"), _("When a result is wrong"),
        (
            (_("Until when can an appeal be filed?"),
             _("Within the window that the card shows, counted in working days from the day after "
               "the notice. HR can admit a late one with a reason.")),
            (_("What happens to an appeal?"),
             _("First review by HR; then the data are checked again, or the disputed part is "
               "assessed by somebody else; then a meeting of three; without agreement the "
               "committee decides by vote. Each step has a due date.")),
            (_("Can an appeal make it worse?"),
             _("No. Its result never lowers the final score of whoever appealed.")),
            (_("Who sees an appeal?"),
             _("The parties, the HR staff who handle it, the panel and the auditors. Nobody "
               "with a stake in a case decides on it.")),
        ),
    ),
    Topic(
        "imports", "file-import", _("Imports"), _("Tickets and satisfaction from other systems"),
        (
            (_("Which files can be read?"),
             _("CSV, XLS and XLSX exports of common help desks. Encoding, delimiter and columns "
               "are recognised; the preview shows them before anything is stored.")),
            (_("What if I import a file twice?"),
             _("Nothing changes: records are known by source and number. Newer versions of a "
               "ticket replace older ones, in whatever order the files come.")),
            (_("What happens to rejected rows?"),
             _("They are listed with row, column, value and reason, and can be downloaded, "
               "corrected and imported again. The other rows are in.")),
        ),
        holds(Role.HR, Role.ADMIN),
    ),
    Topic(
        "people", "users", _("People"), _("Employees, departments, accounts, calendar"),
        (
            (_("Why do transfers have dates?"),
             _("Who belonged where and answered to whom is kept by date. A score always follows "
               "the assignment of the day on which the work was done.")),
            (_("What does switching off an account do?"),
             _("The person is signed out at once everywhere, and API tokens stop working. Scores, "
               "appeals and the audit trail stay as they are.")),
            (_("Who may give roles?"),
             _("Administrators, but nobody to themselves. Each change is in the audit trail, and "
               "the person concerned is told.")),
            (_("What is the working calendar for?"),
             _("Deadlines count its working days: the statutory holidays and make-up workdays, "
               "and the days that the company enters itself.")),
        ),
        can_view_people,
    ),
    Topic(
        "operations", "progress", _("Jobs and audit trail"), _("What runs, what was changed"),
        (
            (_("May I close a page while a job runs?"),
             _("Yes. The job goes on, and its page shows the progress whenever you come back. Who "
               "asked for it can stop it.")),
            (_("What happens when a job fails?"),
             _("The previous results stay whole. The page says why it failed; running it again is "
               "safe.")),
            (_("What is in the audit trail?"),
             _("Every change: who, when, what before and after, and why. The entries are chained, "
               "so that a change made afterwards is found when the trail is checked.")),
        ),
        holds(Role.HR, Role.ADMIN, Role.AUDITOR),
    ),
    Topic(
        "account", "lock", _("Account and safety"), _("Sign-in, language, accessibility"),
        (
            (_("How do I change my password?"),
             _("On the profile page. At least 12 characters; long sentences are easier to "
               "remember than signs. Who has forgotten the password asks an administrator.")),
            (_("Can I work without a mouse?"),
             _("Yes. Tab moves on, Enter opens, Escape closes menus and dialogs. The first Tab on "
               "each page offers to skip to the content.")),
            (_("Who can see what I do?"),
             _("Every change is recorded with time and person. Your own entries stand under “My "
               "actions” in the account menu.")),
        ),
    ),
)  # fmt: skip

# Which topic helps on pages whose address begins with this.
AREAS = {
    "": "today",
    "notices": "today",
    "scorecards": "scorecards",
    "provisional": "scorecards",
    "team": "team",
    "scores": "team",
    "schemes": "schemes",
    "periods": "periods",
    "appeals": "appeals",
    "tickets": "imports",
    "imports": "imports",
    "people": "people",
    "jobs": "operations",
    "audit": "operations",
    "profile": "account",
    "accounts": "account",
}

TOPICS = {topic.key: topic for topic in _ALL}


def topic_at(path: str) -> Topic | None:
    """The topic of the area that `path` belongs to."""
    return TOPICS.get(AREAS.get(first_part(path), ""))


def topics_for(user: User) -> list[Topic]:
    """The areas that `user` works in."""
    return [topic for topic in _ALL if topic.may(user)]
