"""Putting cards under their hash at publication, and telling their people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.models import Acknowledgement, DepartmentCard, Period, Scorecard
from appraisal.scorecards import build, frozen
from appraisal.scorecards.queries import with_parts
from kpi_portal.core.errors import Conflict
from kpi_portal.people.queries import users_of
from kpi_portal.people.services import notify

CHUNK = 500
FROZEN = ["inputs_hash", "frozen_at", "is_current"]


class NumbersDisagree(Conflict):
    """A card's stored numbers are not what its stored inputs give."""

    code = "numbers_disagree"


def freeze_period(period: Period, at: datetime) -> list[Scorecard]:
    """Freeze every card of the period that is not, and let it take the place of the revision
    before it; the cards in question.

    In the caller's transaction. Raises NumbersDisagree.
    """
    rows = Scorecard.objects.filter(period=period, frozen_at__isnull=True)
    related = rows.select_related("period", "version", "employee")
    cards = list(with_parts(related).order_by("pk"))
    _retire(Scorecard.objects.filter(period=period, employee__in=rows.values("employee")))
    freeze(cards, at)
    return cards


def freeze_departments(period: Period, at: datetime) -> list[DepartmentCard]:
    """The same for the departments' own cards."""
    rows = DepartmentCard.objects.filter(period=period, frozen_at__isnull=True)
    related = rows.select_related("period", "version", "department").prefetch_related("lines")
    cards = list(related.order_by("pk"))
    _retire(DepartmentCard.objects.filter(period=period, department__in=rows.values("department")))
    freeze_department_cards(cards, at)
    return cards


def freeze_department_cards(cards: Sequence[DepartmentCard], at: datetime) -> None:
    """Check each card against its inputs and put it under its hash, as the one that counts.

    In the caller's transaction; lines, version and department are loaded.
    Raises NumbersDisagree.
    """
    for card in cards:
        lines = list(card.lines.all())
        if build.disagreements(card, lines):
            raise NumbersDisagree(
                _(
                    "The scorecard of department %(department)s does not follow from its "
                    "inputs. Compute the period again."
                )
                % {"department": card.department.label}
            )
        card.inputs_hash = frozen.digest(card, lines)
        card.frozen_at, card.is_current = at, True
    DepartmentCard.objects.bulk_update(cards, FROZEN, batch_size=CHUNK)


def freeze(cards: Sequence[Scorecard], at: datetime) -> None:
    """Check each card against its inputs and put it under its hash, as the one that counts.

    In the caller's transaction; lines, version and employee are loaded. From then on triggers
    refuse every change but of `is_current`. Raises NumbersDisagree.
    """
    for card in cards:
        lines, segments = list(card.lines.all()), list(card.segments.all())
        if build.disagreements(card, lines, segments):
            raise NumbersDisagree(
                _(
                    "The scorecard of employee %(number)s does not follow from its inputs. "
                    "Compute the period again."
                )
                % {"number": card.employee.number}
            )
        card.inputs_hash = frozen.digest(card, lines, segments)
        card.frozen_at, card.is_current = at, True
    Scorecard.objects.bulk_update(cards, FROZEN, batch_size=CHUNK)


def deliver(cards: Iterable[Scorecard], at: datetime) -> None:
    """Note that the cards were delivered. Safe to run again: one row per card."""
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(scorecard=card, delivered_at=at) for card in cards],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def tell(cards: Sequence[Scorecard], at: datetime) -> None:
    """Notify the people of these cards, which are of one period; a link and no number."""
    if not cards:
        return
    first = cards[0]
    people = users_of(card.employee_id for card in cards)
    for revision in sorted({card.revision for card in cards}):
        users = [
            people[card.employee_id]
            for card in cards
            if card.revision == revision and card.employee_id in people
        ]
        notify(
            users,
            "appraisal.published" if revision == 1 else "appraisal.revised",
            f"scorecard:{first.period.code}:{revision}",
            params={"period": first.period.code},
            url=reverse("appraisal:own_scorecard", args=[first.period.code]),
            at=at,
        )


def tell_heads(cards: Sequence[DepartmentCard], at: datetime) -> None:
    """Notify the heads of departments whose own cards were published."""
    people = users_of(
        card.department.head_id for card in cards if card.department.head_id is not None
    )
    for card in cards:
        user = people.get(card.department.head_id or 0)
        if user is not None:
            notify(
                [user],
                "appraisal.department_published",
                f"departmentcard:{card.period.code}:{card.department_id}:{card.revision}",
                params={"period": card.period.code, "department": card.department.label},
                url=reverse(
                    "appraisal:department_scorecard",
                    args=[card.period.code, card.department.code],
                ),
                at=at,
            )


def _retire(rows: Any) -> None:
    """Take `is_current` from published revisions that candidates take the place of."""
    rows.filter(is_current=True, frozen_at__isnull=False).update(is_current=False)
