"""Measures 360° reviews: the weighted mean of the rater groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from appraisal.metrics.base import (
    Collected,
    Level,
    Measurement,
    MetricRequest,
    Param,
    Reason,
)
from appraisal.metrics.inspections import E4, POINTS, about
from appraisal.metrics.parameters import whole as whole_number
from appraisal.metrics.pooling import PLACES, Pool, Pools, place_of, pools, whole
from appraisal.metrics.record_lists import NONE, RecordList
from kpi_portal.core.decimals import rounded
from kpi_portal.core.time import Window
from surveys.judged import assessed
from surveys.models import Assessment

USE = "review360"
PEER = str(Assessment.Rater.PEER)
CUSTOMER = str(Assessment.Rater.CUSTOMER)
FEWEST_PEERS = 3
# Rater group → usual weight. Source: 2-indicators, review360.
GROUPS = {
    str(Assessment.Rater.SELF): "10",
    str(Assessment.Rater.SUPERVISOR): "50",
    str(Assessment.Rater.QA): "40",
    PEER: "0",
    CUSTOMER: "0",
}
LABELS = {
    "self": _("weight of the self-assessment"),
    "supervisor": _("weight of the supervisor"),
    "qa": _("weight of QA"),
    "peer": _("weight of peers"),
    "customer": _("weight of customers"),
}
PARAMS = tuple(
    Param(name=name, label=LABELS[name], read=whole_number(name, 0, 100), default=weight, unit="%")
    for name, weight in GROUPS.items()
)


def weights_of(request: MetricRequest) -> dict[str, int]:
    """The rater groups that count, with their weights."""
    weights = {name: int(request[name]) for name in GROUPS}
    return {name: weight for name, weight in weights.items() if weight}


def collect(
    requests: Sequence[MetricRequest],
    window: Window,
    cutoff: datetime,
    decided_by: datetime | None = None,
) -> Collected:
    """The measurements of 360° reviews; assessments are read once per level."""
    by_level: dict[Level, list[MetricRequest]] = defaultdict(list)
    for request in requests:
        by_level[request.level].append(request)
    found: Collected = {}
    for level, members in by_level.items():
        groups = _groups(level, window, cutoff)
        customers: Mapping[int, Measurement] = {}
        if any(CUSTOMER in weights_of(request) for request in members):
            customers = _customers(level, window, cutoff, decided_by)
        for request in members:
            found[request] = _measured(weights_of(request), groups, customers)
    return found


def _groups(level: Level, window: Window, cutoff: datetime) -> Mapping[str, Pools]:
    """By rater group and place, the scores given."""
    found: dict[str, Pools] = defaultdict(pools)
    rows = about(assessed(USE, window, cutoff))
    names = ("rater_group", "subject_id", "home", "score_e4")
    for group, subject, department, score in rows.values_list(*names):
        place = place_of(level, subject, department)
        if place is None:
            continue
        pool = found[group][place]
        if score is None:
            pool.leave_out(Reason.MISSING)
        else:
            pool.add(Fraction(score, E4))
    return found


def _customers(
    level: Level, window: Window, cutoff: datetime, decided_by: datetime | None
) -> Mapping[int, Measurement]:
    """Customer satisfaction as it is measured for the same people."""
    # The collector of all metrics knows this one by the registry.
    from appraisal.metrics.collecting import collect as collect_all

    asked = MetricRequest("csat_mean", level=level)
    return collect_all([asked], window, cutoff, decided_by=decided_by)[asked]


def _measured(
    weights: Mapping[str, int],
    groups: Mapping[str, Pools],
    customers: Mapping[int, Measurement],
) -> dict[int, Measurement]:
    places = {place for name in weights for place in groups.get(name, {})}
    if CUSTOMER in weights:
        places |= {place for place, measured in customers.items() if measured.sample}
    return {place: _of_place(place, weights, groups, customers) for place in places}


def _of_place(
    place: int,
    weights: Mapping[str, int],
    groups: Mapping[str, Pools],
    customers: Mapping[int, Measurement],
) -> Measurement:
    """Numerator and denominator: the weighted mean times the reviews, and the reviews."""
    total, shares, sample, left_out = Fraction(0), 0, 0, 0
    for name, weight in weights.items():
        pool = groups[name].get(place, Pool()) if name in groups else Pool()
        left_out += sum(pool.reasons.values())
        count, mean = pool.count, pool.total / pool.count if pool.count else None
        if name == CUSTOMER and (answers := customers.get(place)) and answers.sample:
            count, mean = answers.sample, Fraction(answers.numerator) / answers.sample
        if name == PEER and count < FEWEST_PEERS:
            left_out += count
            continue
        if mean is not None:
            total, shares, sample = total + mean * weight, shares + weight, sample + count
    reasons = {str(Reason.MISSING): left_out} if left_out else {}
    if not shares:
        return Measurement(None, 0, 0, 0, reasons)
    mean = total / shares
    return Measurement(rounded(mean, PLACES), whole(mean * sample), sample, sample, reasons)


def records(request: MetricRequest, owner_id: int, window: Window, cutoff: datetime) -> RecordList:
    """The reviews behind the figure, named by rater group. Of a peer's neither date nor points."""
    owner = "subject_id" if request.level is Level.AGENT else "home"
    rows: Any = about(assessed(USE, window, cutoff)).filter(**{owner: owner_id})
    rows = rows.filter(rater_group__in=weights_of(request))
    names = [
        When(rater_group=value, then=Value(str(label)))
        for value, label in Assessment.Rater.choices
    ]
    peer = Q(rater_group=PEER)
    shown = rows.annotate(
        number=Case(*names, default=F("rater_group"), output_field=CharField()),
        at=Case(When(~peer, then=F("submitted_at")), output_field=DateTimeField(null=True)),
        amount=Case(When(~peer, then=POINTS)),
        is_hit=NONE,
        reason=Value(str(Reason.MISSING), output_field=CharField()),
    ).order_by("rater_group", "id")
    out = Q(score_e4__isnull=True)
    if shown.filter(peer, score_e4__isnull=False).count() < FEWEST_PEERS:
        out |= peer
    return RecordList(shown.filter(~out), shown.filter(out))
