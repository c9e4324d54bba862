"""Evidence that an auditor opens with the agreement of a second person.

Source: 9-promises.md section 4, row 29.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.models import Appeal
from kpi_portal.people.models import Role, SecondPersonRequest, User
from kpi_portal.people.second_person.acts import Act

OPEN_EVIDENCE = "appeals.open_evidence"


def _appeal(request: SecondPersonRequest) -> Appeal:
    return Appeal.objects.select_related("scorecard").get(number=request.about)


def _words(request: SecondPersonRequest) -> str:
    return _("Evidence of the appeal %(number)s") % {"number": request.about}


def _may_decide(user: User, request: SecondPersonRequest) -> bool:
    """The HR lead, or another auditor."""
    return user.has_role(Role.HR_LEAD, Role.AUDITOR)


EVIDENCE = Act(
    key=OPEN_EVIDENCE,
    label=gettext_lazy("read the evidence of an appeal"),
    in_words=_words,
    url=lambda request: reverse("appeals:detail", args=[request.about]),
    may_decide=_may_decide,
    concerns=lambda request: _appeal(request).scorecard.employee_id,
)
