"""Which records stand behind lines of a card, and which other cards the same records touch.

Source: 5-appeals.md rules 13 and 14.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from appeals.models import Appeal
from appeals.scope import disputed_line_ids
from appraisal.metrics.records import records
from appraisal.models import Scorecard, ScoreLine
from appraisal.scorecards.spans import asked_of, owner_of, segment_row, window_of
from kpi_portal.core.time import midnight
from kpi_portal.people.queries import zone
from tickets.models import Import, Ticket

MOST_IMPORTS = 20


@dataclass(frozen=True, slots=True)
class ImportTouch:
    """An import that brought records of the disputed lines, and how many of them."""

    source: Import
    own_records: int


@dataclass(frozen=True, slots=True)
class CardTouch:
    """Another card of the period with how many of the records touch it."""

    card: Scorecard
    records: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where wrong records come from: one import, or a span of time on a channel ("" all).

    `label` says so in words; `condition` picks the tickets.
    """

    key: str
    label: str
    condition: Q


def of_import(found: Import) -> Source:
    label = _("import no. %(number)s, %(file)s") % {"number": found.pk, "file": found.file_name}
    return Source(f"import:{found.pk}", label, Q(last_import=found))


def of_span(start: datetime, end: datetime, channel: str) -> Source:
    """Tickets created in `[start, end)`."""
    local = [moment.astimezone(zone()).strftime("%Y-%m-%d %H:%M") for moment in (start, end)]
    condition = Q(created_at__gte=start, created_at__lt=end)
    name = _("all channels")
    if channel:
        condition &= Q(channel=channel)
        name = str(dict(Ticket.Channel.choices)[channel])
    label = _("%(start)s to %(end)s, %(channel)s") % {
        "start": local[0],
        "end": local[1],
        "channel": name,
    }
    return Source(f"span:{start.isoformat()}/{end.isoformat()}/{channel}", label, condition)


def imports_behind(appeal: Appeal) -> list[ImportTouch]:
    """The imports whose records count in the disputed lines, the most records first."""
    tally: Counter[int] = Counter()
    for _line, rows in _counted(appeal.scorecard, set(disputed_line_ids(appeal))):
        if not _has(rows.model, "last_import"):
            continue
        groups = rows.order_by().values_list("last_import_id").annotate(n=Count("pk"))
        tally.update({pk: n for pk, n in groups if pk is not None})
    chosen = dict(tally.most_common(MOST_IMPORTS))
    found = Import.objects.in_bulk(list(chosen))
    return [ImportTouch(found[pk], n) for pk, n in chosen.items() if pk in found]


def cards_touched(appeal: Appeal, source: Source) -> list[CardTouch]:
    """The other current cards of the period whose people own tickets of `source` in it."""
    period = appeal.period
    start, end = midnight(period.start_on, zone()), midnight(period.end_on, zone())
    within = Q(created_at__gte=start, created_at__lt=end) | Q(
        resolved_at__gte=start, resolved_at__lt=end
    )
    tickets = Ticket.objects.filter(source.condition).filter(within).order_by()
    tally: Counter[int] = Counter()
    for agent, first, n in tickets.values_list("agent_id", "first_owner_id").annotate(
        n=Count("pk")
    ):
        tally.update({owner: n for owner in {agent, first} if owner is not None})
    cards = Scorecard.objects.filter(
        period=period, is_current=True, employee_id__in=tally
    ).exclude(employee_id=appeal.employee_id)
    rows = cards.select_related("employee", "department").order_by("employee__number")
    return [CardTouch(card, tally[card.employee_id]) for card in rows]


def counting_positions(card: Scorecard, ticket: Ticket) -> list[int]:
    """Positions of the lines of `card` that count `ticket`, itself or by an answer to it."""
    found = []
    for line, rows in _counted(card):
        if rows.model is Ticket:
            narrowed = rows.filter(pk=ticket.pk)
        elif _has(rows.model, "ticket"):
            narrowed = rows.filter(ticket_id=ticket.pk)
        else:
            continue
        if narrowed.exists():
            found.append(line.position)
    return found


def _counted(card: Scorecard, only: set[int] | None = None) -> Iterator[tuple[ScoreLine, Any]]:
    """The lines (those in `only`) with what each counts, as a queryset."""
    segments = list(card.segments.all())
    for line in card.lines.select_related("indicator").order_by("position"):
        if only is not None and line.pk not in only:
            continue
        segment = segment_row(line, segments)
        asked = asked_of(line)
        owner = owner_of(card, segment, asked.level)
        yield line, records(asked, owner, window_of(card, segment), card.cutoff).counted


def _has(model: Any, name: str) -> bool:
    return name in {field.name for field in model._meta.get_fields()}
