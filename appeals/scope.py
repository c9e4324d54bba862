"""What an appeal may be about: which results are still open, which lines are in dispute."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appeals.claims import extended_positions
from appeals.deadlines import ends_at, window_end
from appeals.errors import AlreadyDecided, WindowClosed
from appeals.models import Appeal, State, Topic
from appraisal.models import Adjustment, Period, Scorecard

FINAL = (State.SETTLED, State.MAINTAINED, State.CHANGED)


def decided_by(card: Scorecard) -> Appeal | None:
    """The appeal whose decision this revision is, or which left it as it is; None if open.

    What three parties agreed or the committee decided is final. A re-evaluation is not: its
    revision has its own window.
    """
    done = Appeal.objects.filter(
        period_id=card.period_id, employee_id=card.employee_id, state__in=FINAL
    )
    stands = done.filter(scorecard_id=card.pk, result__isnull=True)
    return done.filter(result_id=card.pk).first() or stands.first()


def require_appealable(card: Scorecard) -> None:
    """Raises WindowClosed unless `card` is the current revision of a published period, and
    AlreadyDecided if an appeal has decided it. While the period is reopened, what was published
    stays open to appeal."""
    if not card.is_current or not card.is_frozen:
        raise WindowClosed(
            _("This revision cannot be appealed. Please open the current published scorecard.")
        )
    if card.period.state == Period.State.CLOSED:
        raise WindowClosed(
            _("Period %(period)s is “%(state)s”; its results cannot be appealed.")
            % {"period": card.period.code, "state": card.period.get_state_display()}
        )
    decision = decided_by(card)
    if decision is not None:
        raise AlreadyDecided(
            _("Appeal %(number)s has decided this result. The decision is final.")
            % {"number": decision.number}
        )


def require_window(card: Scorecard, at: datetime) -> None:
    """Raises WindowClosed with the date on which it closed.

    A claim about a record that was open then keeps the lines that count it open (rule 14).
    """
    end = window_end(card)
    if end is None:
        raise WindowClosed(_("The scorecard has not been delivered yet."))
    if at >= ends_at(end) and not extended_positions(card, at):
        raise WindowClosed(
            _("The time to appeal ended on %(date)s at 24:00. HR can admit a late appeal.")
            % {"date": date_format(end, "DATE_FORMAT")}
        )


def disputable_positions(card: Scorecard) -> set[int] | None:
    """Positions of the lines that an appeal against `card` may dispute; None: everything.

    Of a revision that came from a re-evaluation: only the lines evaluated again.
    Source: 5-appeals.md rule 12.
    """
    if not Appeal.objects.filter(result_id=card.pk, state=State.REEVALUATED).exists():
        return None
    rows = Adjustment.objects.filter(result_id=card.pk, line__isnull=False)
    return set(rows.values_list("line__position", flat=True))


def allowed_positions(appeal: Appeal, at: datetime) -> set[int] | None:
    """`disputable_positions`, and past the window only the lines that claims keep open."""
    allowed = disputable_positions(appeal.scorecard)
    end = window_end(appeal.scorecard)
    if appeal.late_admitted_by_id is not None or end is None or at < ends_at(end):
        return allowed
    kept = extended_positions(appeal.scorecard, at)
    if not kept:
        return allowed  # too late for anything: submitting says so, with the date
    return kept if allowed is None else kept & allowed


def disputed_line_ids(appeal: Appeal) -> list[int]:
    """Lines in dispute, in the card's order: those marked; all of them where the total, the
    band or the procedure is disputed."""
    lines = appeal.scorecard.lines.order_by("segment", "position")
    if set(appeal.topics) - {Topic.LINES}:
        return list(lines.values_list("pk", flat=True))
    marked = appeal.disputed.values("line_id")
    return list(lines.filter(pk__in=marked).values_list("pk", flat=True))
