"""Exports of scores that need a second person: an auditor's, and those of very many people.

Source: 9-promises.md section 4, row 34.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi_portal.people.models import Role, SecondPersonRequest, User
from kpi_portal.people.second_person.acts import Act

EXPORT_SCORES = "appraisal.export_scores"


def _words(request: SecondPersonRequest) -> str:
    return _("Export of %(count)s scorecards of %(period)s") % {
        "count": request.params["count"],
        "period": request.about,
    }


def _may_decide(user: User, request: SecondPersonRequest) -> bool:
    """Somebody who may read all scores anyway."""
    return user.has_role(Role.HR, Role.AUDITOR)


EXPORT = Act(
    key=EXPORT_SCORES,
    label=gettext_lazy("export scores"),
    in_words=_words,
    url=lambda request: reverse("appraisal:team_board", args=[request.about]),
    may_decide=_may_decide,
    concerns=lambda request: None,
)
