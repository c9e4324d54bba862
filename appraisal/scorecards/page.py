"""What the page of one card shows, put together: rules and queries stay out of the template."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from appraisal.corrections.permissions import PROPOSABLE, can_propose_adjustment
from appraisal.models import Acknowledgement, CardSegment, Period, Scorecard, ScoreLine
from appraisal.schemes.queries import decided_once_begun
from appraisal.scorecards import permissions, queries
from appraisal.scorecards.forms import CommentForm
from appraisal.scorecards.lines import LineView, line_views
from appraisal.scorecards.outcome import card_settings, results_of
from appraisal.scorecards.parts import final_words, rollup_view, story_of, table_of
from appraisal.scorecards.projection import Projection
from appraisal.scorecards.words import band_bounds, band_label, next_band
from kpi_portal.core.charts import Dot, trend
from kpi_portal.people.models import Employee, User


def card_context(
    card: Scorecard,
    cards: list[Scorecard],
    user: User,
    *,
    comment_form: CommentForm | None = None,
) -> dict[str, Any]:
    """The context of card.html; `cards` are the revisions that `user` may see."""
    lines = queries.lines_of(card)
    views = line_views(card, lines)
    before = queries.previous_card(card, user)
    history = queries.trend(card, user)
    is_own = permissions.is_own(user, card)
    return {
        **_result(card, lines, views, queries.segments_of(card)),
        "is_own": is_own,
        "delta": _delta(card, before),
        "before": before,
        "trend": history,
        "chart": _chart(card, history),
        "changes": queries.biggest_changes(views, before),
        "revisions": queries.revisions(cards, card),
        "is_newest": card.is_current,
        "open_items": queries.open_items(card, user),
        "changed_once_begun": decided_once_begun(card.version, card.period),
        "acknowledgement": _acknowledgement(card),
        "can_acknowledge": permissions.can_acknowledge(user, card),
        "can_propose_adjustment": card.period.state in PROPOSABLE
        and can_propose_adjustment(user, card),
        "comment_form": comment_form or CommentForm(),
        "appeal_url": _appeal_url(card),
        "state_words": _state_words(card),
    }


def projection_context(
    period: Period, employee: Employee, found: Projection | None
) -> dict[str, Any]:
    """The context of projection.html; `found` None: no scheme covers the employee."""
    context: dict[str, Any] = {"period": period, "employee": employee, "found": found}
    if found is not None:
        views = line_views(found.card, found.lines)
        context |= _result(found.card, found.lines, views, found.segments) | {"is_own": True}
    return context


def _result(
    card: Scorecard,
    lines: list[ScoreLine],
    views: list[LineView],
    segments: Sequence[CardSegment],
) -> dict[str, Any]:
    """What a stored card and a projection have in common."""
    results = results_of(card, lines, segments)
    tables = [
        table_of(segment, [view for view in views if view.line.segment == segment.number], results)
        for segment in segments
    ]
    return {
        "card": card,
        "period": card.period,
        "employee": card.employee,
        "views": views,
        "tables": tables,
        "rollup": rollup_view(card),
        "weight_total": sum((line.weight for line in lines), Decimal("0.00")),
        "band_label": band_label(card),
        "next_band": next_band(card),
        "final_words": final_words(card),
        "borderline": [view for view in views if view.line.is_borderline],
        "story": [] if segments else story_of(results[1], card_settings(card), card.version.bands),
        "tickets": _largest(views, "tickets"),
        "answers": _largest(views, "answers"),
    }


def _largest(views: list[LineView], counts: str) -> int:
    """The largest sample among the lines that count tickets, or answers."""
    samples = [view.line.sample for view in views if view.counts == counts]
    return max(samples, default=0)


def _delta(card: Scorecard, before: Scorecard | None) -> Decimal | None:
    if before is None or before.final is None or card.final is None:
        return None
    return card.final - before.final


def _chart(card: Scorecard, history: list[queries.TrendPoint]) -> str:
    if len(history) < 2:
        return ""
    dots = [Dot(each.code, each.final, each.url) for each in history]
    return trend(dots, title=_("Final of each period"), bounds=band_bounds(card))


def _acknowledgement(card: Scorecard) -> Acknowledgement | None:
    try:
        return card.acknowledgement
    except Acknowledgement.DoesNotExist:
        return None


def _appeal_url(card: Scorecard) -> str:
    """Where the appeals app answers about this card; empty while there is no such app."""
    if not card.is_frozen:
        return ""
    try:
        return reverse("appeals:badge", args=[card.pk])
    except NoReverseMatch:
        return ""


def _state_words(card: Scorecard) -> str:
    """The line under the title: where, which revision, which state."""
    parts = [card.department.label, str(card.period.get_state_display())]
    if card.revision > 1:
        parts.append(
            _("revision %(number)s (%(reason)s)")
            % {"number": card.revision, "reason": card.reason or card.origin}
        )
    return " · ".join(parts)
