"""The database and a naive reckoning agree on whatever tickets there are."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appraisal.metrics import Level, collect, parse_argument, records
from appraisal.metrics.base import Measurement
from appraisal.metrics.tests import oracle
from appraisal.metrics.tests.facts import (
    DAY,
    END,
    OCTOBER,
    START,
    make_agent,
    make_department,
    new_ticket,
)
from tickets.models import Ticket

SECOND = timedelta(seconds=1)
ARGUMENTS = {
    metric: "&".join([metric + ("" if "?" in metric else "?"), *extra])
    for metric, *extra in [
        *([metric] for metric in oracle.RESOLVED),
        *([metric] for metric in oracle.CREATED if not metric.startswith(("frt_w", "frt_t"))),
        ["frt_within", "threshold=60"],
        ["frt_timeout", "threshold=60"],
        ["sla_met"],
        ["repeat_complaint", "window=3"],
    ]
}
EDGES = [START - 3 * DAY, START, START + DAY, END - DAY, END, END + DAY]
CUTOFFS = [START + DAY, END - DAY, END, END + 3 * DAY]
instants = st.builds(
    lambda edge, shift: edge + shift * SECOND,
    st.sampled_from(EDGES + CUTOFFS),
    st.sampled_from([-61, -60, -59, -1, 0, 1, 59, 60, 61, 7200]),
)
maybe = st.none() | instants
few = st.none() | st.integers(0, 2)
flags = st.sampled_from([None, True, False])


@st.composite
def tickets(draw: st.DrawFn) -> dict[str, Any]:
    created = draw(instants)
    near = st.builds(
        lambda n: created + n * SECOND, st.sampled_from([-1, 0, 5, 60, 61, 3600, 90_000])
    )
    reports_response, reports_resolution = draw(st.booleans()), draw(st.booleans())
    return {
        "created_at": created,
        "first_response_at": draw(st.none() | near | instants) if reports_response else None,
        "resolved_at": draw(st.none() | near | instants) if reports_resolution else None,
        "last_resolved_at": draw(maybe) if reports_resolution else None,
        "solution_given_at": draw(st.none() | near | instants),
        "promised_at": draw(maybe),
        "reports_response": reports_response,
        "reports_resolution": reports_resolution,
        "agent_no": draw(st.sampled_from([None, 0, 1])),
        "first_agent_no": draw(st.sampled_from([None, None, 0, 2])),
        "department_no": draw(st.sampled_from([None, 0, 1])),
        "kind": draw(st.sampled_from(["complaint", "inquiry"])),
        "channel": draw(st.sampled_from(["chat", "hotline"])),
        "category": draw(st.sampled_from(["", "a", "b"])),
        "customer_hash": draw(st.sampled_from(["", "x", "x", "y"])),
        "tags": draw(st.sampled_from([[], ["vip"], ["快"], ["vip", "快"]])),
        "handle_seconds": draw(few),
        "contacts": draw(few),
        "transfers": draw(few),
        "reopens": draw(few),
        "escalated": draw(flags),
        "first_contact": draw(flags),
    }


@contextmanager
def rolled_back() -> Iterator[None]:
    """Every example starts from an empty database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored(drawn: list[dict[str, Any]]) -> list[Ticket]:
    agents = [make_agent("E0"), make_agent("E1"), make_agent("E2")]
    departments = [make_department("D0"), make_department("D1")]

    def pick(among: list[Any], place: int | None) -> Any:
        return None if place is None else among[place]

    made = []
    for each in drawn:
        fields = dict(each)
        fields["agent"] = pick(agents, fields.pop("agent_no"))
        fields["first_agent"] = pick(agents, fields.pop("first_agent_no"))
        fields["department"] = pick(departments, fields.pop("department_no"))
        made.append(new_ticket(**fields))
    return Ticket.objects.bulk_create(made)


def comparable(found: Measurement) -> oracle.Expected:
    reasons = {str(reason): n for reason, n in found.reasons.items()}
    return oracle.Expected(*found[:4], reasons)  # type: ignore[arg-type]


def reckoned(
    metric: str, made: list[Ticket], view: oracle.View, level: Level
) -> dict[int, oracle.Expected]:
    owned = defaultdict(list)
    for ticket, verdict in oracle.verdicts(metric, made, view):
        department = level is Level.DEPARTMENT
        owner = ticket.department_id if department else oracle.owner_id(metric, ticket)
        if owner is not None:
            owned[owner].append(verdict)
    found = {owner: oracle.expected(metric, outcomes) for owner, outcomes in owned.items()}
    return {owner: each for owner, each in found.items() if each}


slow = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.mark.django_db
@pytest.mark.parametrize("level", [Level.AGENT, Level.DEPARTMENT])
@slow
@given(drawn=st.lists(tickets(), max_size=12), cutoff=st.sampled_from(CUTOFFS))
def test_the_database_agrees_with_the_oracle(
    level: Level, drawn: list[dict[str, Any]], cutoff: datetime
) -> None:
    view = oracle.View(OCTOBER.start, OCTOBER.end, cutoff, days=3)
    with rolled_back():
        made = stored(drawn)
        asked = {metric: parse_argument(text).at(level) for metric, text in ARGUMENTS.items()}

        found = collect(asked.values(), OCTOBER, cutoff)

        for metric, request in asked.items():
            measured = {owner: comparable(each) for owner, each in found[request].items()}
            assert measured == reckoned(metric, made, view, level), metric


@pytest.mark.django_db
@slow
@given(
    drawn=st.lists(tickets(), max_size=12),
    cutoff=st.sampled_from(CUTOFFS),
    filters=st.sampled_from(
        [
            ("channel=chat", lambda t: t.channel == "chat"),
            ("channel=chat,hotline&kind=complaint", lambda t: t.kind == "complaint"),
            ("category=a,b", lambda t: t.category in "ab" and t.category),
            ("tag=vip", lambda t: "vip" in t.tags),
            ("tag=快,none", lambda t: "快" in t.tags),
        ]
    ),
)
def test_filters_narrow_what_is_measured(
    drawn: list[dict[str, Any]], cutoff: datetime, filters: Any
) -> None:
    text, passes = filters
    view = oracle.View(OCTOBER.start, OCTOBER.end, cutoff, days=3)
    with rolled_back():
        made = stored(drawn)
        asked = {metric: parse_argument(f"{given}&{text}") for metric, given in ARGUMENTS.items()}

        found = collect(asked.values(), OCTOBER, cutoff)

        for metric, request in asked.items():
            owned = defaultdict(list)
            for ticket, verdict in oracle.verdicts(metric, made, view):
                if passes(ticket) and (owner := oracle.owner_id(metric, ticket)) is not None:
                    owned[owner].append(verdict)
            measured = {owner: comparable(each) for owner, each in found[request].items()}
            assert measured == {
                owner: oracle.expected(metric, outcomes) for owner, outcomes in owned.items()
            }, metric


@pytest.mark.django_db
@slow
@given(drawn=st.lists(tickets(), min_size=4, max_size=12), cutoff=st.sampled_from(CUTOFFS))
def test_the_lists_hold_what_the_figures_say(
    drawn: list[dict[str, Any]], cutoff: datetime
) -> None:
    with rolled_back():
        stored(drawn)
        asked = [parse_argument(text) for text in ARGUMENTS.values()]

        for request, measured in collect(asked, OCTOBER, cutoff).items():
            for owner, found in measured.items():
                behind = records(request, owner, OCTOBER, cutoff)
                reasons: dict[str, int] = defaultdict(int)
                for ticket in behind.left_out:
                    reasons[ticket.reason] += 1
                assert behind.counted.count() == found.sample
                assert reasons == {str(reason): n for reason, n in found.reasons.items()}
                if request.metric != "volume" and found.sample:
                    tops = [
                        each.is_hit if each.amount is None else each.amount
                        for each in behind.counted
                    ]
                    assert sum(map(int, tops)) == found.numerator


@pytest.mark.django_db
@slow
@given(drawn=st.lists(tickets(), max_size=10), seed=st.randoms(use_true_random=False))
def test_order_and_other_agents_change_nothing(drawn: list[dict[str, Any]], seed: Any) -> None:
    asked = [
        parse_argument(text)
        for metric, text in ARGUMENTS.items()
        if metric != "repeat_complaint"  # who complains again does not depend on the agent
    ]
    with rolled_back():
        stored(drawn)
        first = make_agent("E0").pk
        before = {r: found.get(first) for r, found in collect(asked, OCTOBER, END).items()}
    mixed = [each for each in drawn if 0 in (each["agent_no"], each["first_agent_no"])]
    seed.shuffle(mixed)
    with rolled_back():
        stored(mixed)
        first = make_agent("E0").pk
        after = {r: found.get(first) for r, found in collect(asked, OCTOBER, END).items()}

    assert before == after
