"""Departments' own scorecards as pages show them."""

from typing import Any

from django.urls import reverse

from appraisal.models import DepartmentCard, Scorecard
from appraisal.scorecards.lines import line_views
from appraisal.scorecards.outcome import card_settings, results_of
from appraisal.scorecards.parts import final_words, rollup_view, story_of
from appraisal.scorecards.queries import TrendPoint
from appraisal.scorecards.words import band_label
from kpi_portal.people.models import User

LISTED = 200
TREND = 12


def cards_of(period_code: str, department_code: str, user: User) -> list[DepartmentCard]:
    """The revisions of one card that `user` may see, newest first; empty: not visible."""
    rows = DepartmentCard.objects.visible_to(user).filter(
        period__code=period_code, department__code=department_code
    )
    related = rows.select_related("period", "department", "version__scheme")
    return list(related.order_by("-revision"))


def rows(user: User) -> list[tuple[DepartmentCard, str]]:
    """The cards that count and that `user` may see, with their bands, newest period first."""
    found = DepartmentCard.objects.visible_to(user).current()
    related = found.select_related("period", "department", "version")
    return [(card, band_label(card)) for card in related[:LISTED]]


def url_of(card: DepartmentCard) -> str:
    return reverse("appraisal:department_scorecard", args=[card.period.code, card.department.code])


def card_context(card: DepartmentCard, cards: list[DepartmentCard], user: User) -> dict[str, Any]:
    """The context of the page; `cards` are the revisions that `user` may see."""
    lines = list(card.lines.select_related("indicator").order_by("position"))
    result = results_of(card, lines)[1]
    people = Scorecard.objects.current().filter(period=card.period, department=card.department)
    return {
        "card": card,
        "cards": cards,
        "period": card.period,
        "views": line_views(card, lines),
        "weight_total": sum(line.weight for line in lines),
        "band_label": band_label(card),
        "final_words": final_words(card),
        "story": [] if card.rollup else story_of(result, card_settings(card), card.version.bands),
        "rollup": rollup_view(card),
        "people": people.count(),
        "trend": _trend(card, user),
    }


def _trend(card: DepartmentCard, user: User) -> list[TrendPoint]:
    """The card and earlier ones of the cycle that `user` may see, oldest first."""
    found = (
        DepartmentCard.objects.visible_to(user)
        .current()
        .filter(
            department=card.department,
            period__cycle=card.period.cycle,
            period__start_on__lte=card.period.start_on,
        )
        .select_related("period", "department", "version")
        .order_by("-period__start_on")[:TREND]
    )
    return [
        TrendPoint(row.period.code, row.final, band_label(row), row.band, url_of(row))
        for row in reversed(found)
    ]
