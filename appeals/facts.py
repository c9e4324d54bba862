"""Procedure facts: what the portal itself knows about how a result came about.

Gathered for HR's first review; HR judges them, the portal does not. 5-appeals.md rule 3.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appeals.models import Appeal, ChecklistFinding
from appraisal.models import Acknowledgement, Scorecard
from kpi_portal.core.time import midnight
from kpi_portal.people.queries import local_date, zone
from tickets.models import Import

Question = ChecklistFinding.Question


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known. `question` is the item of the checklist that it speaks to.

    `good` True speaks for the procedure, False against it, None neither.
    """

    question: str
    text: Any
    good: bool | None


def procedure_facts(appeal: Appeal) -> list[Fact]:
    """In the order of the checklist."""
    card = appeal.scorecard
    return [
        *_scheme(card),
        *_samples(card),
        *_imports(card),
        *_process(card),
    ]


def _scheme(card: Scorecard) -> list[Fact]:
    version, period = card.version, card.period
    facts = []
    if version.decided_at is not None:
        decided = local_date(version.decided_at)
        before = decided < period.start_on
        text = (
            _("The scheme %(scheme)s was approved on %(date)s, before the period began.")
            if before
            else _("The scheme %(scheme)s was approved on %(date)s, after the period had begun.")
        )
        facts.append(
            Fact(
                Question.WEIGHTS,
                text % {"scheme": version, "date": date_format(decided, "DATE_FORMAT")},
                before,
            )
        )
    if version.effective_from is not None and version.effective_from > period.start_on:
        facts.append(
            Fact(
                Question.WEIGHTS,
                _("The weights came into force within the period, on %(date)s.")
                % {"date": date_format(version.effective_from, "DATE_FORMAT")},
                False,
            )
        )
    return facts


def _samples(card: Scorecard) -> list[Fact]:
    lines = list(card.lines.select_related("indicator"))
    small = [line for line in lines if line.sample < line.min_sample]
    left_out = sum(line.left_out for line in lines)
    facts = [
        Fact(
            Question.OBJECTIVE,
            _("%(count)s of %(all)s indicators have too small a sample: %(names)s.")
            % {
                "count": len(small),
                "all": len(lines),
                "names": ", ".join(line.indicator.label for line in small),
            },
            False,
        )
        if small
        else Fact(Question.OBJECTIVE, _("Every indicator has a large enough sample."), True)
    ]
    if left_out:
        facts.append(
            Fact(
                Question.OBJECTIVE,
                _("%(count)s records were left out over all lines; each line says why.")
                % {"count": left_out},
                None,
            )
        )
    return facts


def _imports(card: Scorecard) -> list[Fact]:
    """Imports whose rows may belong to the period: those since it began, up to publication."""
    start = midnight(card.period.start_on, zone())
    end = card.frozen_at or card.computed_at
    rows = Import.objects.filter(requested_at__gte=start, requested_at__lte=end, state="done")
    rejected = sum(rows.values_list("rejected", flat=True))
    facts = []
    if rejected:
        facts.append(
            Fact(
                Question.OBJECTIVE,
                _("%(count)s rows of imports in this time were rejected.") % {"count": rejected},
                None,
            )
        )
    late = Import.objects.filter(requested_at__gt=end, state="done", created__gt=0).aggregate(
        last=Max("requested_at")
    )["last"]
    if late is not None:
        facts.append(
            Fact(
                Question.OBJECTIVE,
                _("Data were imported after publication, last on %(date)s; they do not count.")
                % {"date": date_format(local_date(late), "DATE_FORMAT")},
                None,
            )
        )
    return facts


def _process(card: Scorecard) -> list[Fact]:
    period = card.period
    facts = []
    if period.decided_at is not None:
        facts.append(
            Fact(
                Question.PROCEDURE,
                _("The committee approved the period on %(date)s.")
                % {"date": date_format(local_date(period.decided_at), "DATE_FORMAT")},
                True,
            )
        )
    try:
        acknowledgement = card.acknowledgement
    except Acknowledgement.DoesNotExist:
        return facts
    facts.append(
        Fact(
            Question.PROCEDURE,
            _("The scorecard was delivered on %(date)s.")
            % {"date": date_format(local_date(acknowledgement.delivered_at), "DATE_FORMAT")},
            True,
        )
    )
    if acknowledgement.read_at is None:
        facts.append(Fact(Question.PROCEDURE, _("The employee has not opened it."), None))
    elif acknowledgement.confirmed_at is None:
        facts.append(
            Fact(Question.PROCEDURE, _("The employee has opened it but not confirmed it."), None)
        )
    else:
        facts.append(Fact(Question.PROCEDURE, _("The employee has confirmed reading it."), True))
    return facts
