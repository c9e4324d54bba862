"""13-contracts, "Fine print: metrics", and the common definitions of 2-indicators: a test each."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from appraisal.metrics import NO_DATA, Measurement, collect, parse_argument
from appraisal.metrics.tests.facts import (
    CUTOFF,
    DAY,
    END,
    HOUR,
    OCTOBER,
    START,
    make_agent,
    make_ticket,
)
from kpi_portal.core.time import Window
from kpi_portal.people.models import Employee

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agent() -> Employee:
    return make_agent("E1")


def measure(
    text: str, agent: Employee, cutoff: datetime = CUTOFF, window: Window = OCTOBER
) -> Measurement:
    request = parse_argument(text)
    return collect([request], window, cutoff)[request].get(agent.pk, NO_DATA)


def test_an_instant_at_the_cutoff_has_happened_and_one_after_it_has_not(agent: Employee) -> None:
    make_ticket(START, agent=agent, first_response_at=END)

    assert measure("frt_mean", agent, END).sample == 1
    assert measure("frt_mean", agent, END - SECOND).reasons == {"unanswered": 1}


def test_a_ticket_created_after_the_cutoff_is_not_in_the_run(agent: Employee) -> None:
    make_ticket(START + DAY, agent=agent)
    make_ticket(START + DAY + SECOND, agent=agent)

    assert measure("resolution", agent, START + DAY).sample == 1


def test_not_even_if_it_was_resolved_or_promised_before(agent: Employee) -> None:
    make_ticket(END, agent=agent, resolved_at=START, promised_at=START)

    for text in ("volume", "sla_met"):
        assert measure(text, agent, END).sample == 1, text
        assert measure(text, agent, END - SECOND) == NO_DATA, text


def test_a_deadline_at_the_cutoff_is_due(agent: Employee) -> None:
    make_ticket(START, agent=agent)

    due = measure("frt_within?threshold=60", agent, START + MINUTE)
    open_yet = measure("frt_within?threshold=60", agent, START + MINUTE - SECOND)

    late = measure("frt_timeout?threshold=60", agent, START + MINUTE)
    assert (due.value, due.denominator, late.numerator) == (Decimal("0.0000"), 1, 1)
    assert (open_yet.value, open_yet.reasons) == (None, {"pending": 1})


def test_the_threshold_itself_is_in_time(agent: Employee) -> None:
    make_ticket(START, agent=agent, first_response_at=START + MINUTE)
    make_ticket(START, agent=agent, first_response_at=START + MINUTE + SECOND)

    within = measure("frt_within?threshold=60", agent)
    timeout = measure("frt_timeout?threshold=60", agent)

    assert (within.numerator, within.denominator, within.value) == (1, 2, Decimal("50.0000"))
    assert (timeout.numerator, timeout.denominator, timeout.value) == (1, 2, Decimal("50.0000"))


def test_undated_fields_count_as_the_newest_version_says(agent: Employee) -> None:
    make_ticket(START, agent=agent, resolved_at=START + HOUR, reopens=1, transfers=2)

    assert measure("reopen", agent, START + HOUR).numerator == 1
    assert measure("transfer", agent, START + HOUR).numerator == 1


def test_unanswered_occurs_with_response_times_only(agent: Employee) -> None:
    make_ticket(START, agent=agent, resolved_at=START + HOUR)

    assert measure("frt_mean", agent).reasons == {"unanswered": 1}
    assert measure("frt_median", agent).reasons == {"unanswered": 1}
    assert measure("aht_active", agent).reasons == {"missing": 1}


def test_what_a_source_never_reports_is_missing(agent: Employee) -> None:
    make_ticket(
        START, agent=agent, reports_response=False, reports_resolution=False,
        promised_at=START + DAY,
    )  # fmt: skip

    for text in ("frt_mean", "frt_within?threshold=60", "resolution", "sla_met"):
        assert measure(text, agent).reasons == {"missing": 1}, text


def test_instants_in_the_wrong_order_are_contradictory_where_they_are_subtracted(
    agent: Employee,
) -> None:
    make_ticket(START, agent=agent, first_response_at=START - SECOND, resolved_at=START + HOUR)
    make_ticket(
        START + 2 * DAY, agent=agent, resolved_at=START + DAY, first_response_at=START + 2 * DAY
    )

    assert measure("frt_mean", agent).reasons == {"contradictory": 1}
    assert measure("frt_within?threshold=60", agent).reasons == {"contradictory": 1}
    assert measure("aht_full", agent).reasons == {"contradictory": 1}
    assert measure("aht_active", agent).reasons == {"contradictory": 1}
    for text in ("resolution", "volume", "escalation"):
        assert "contradictory" not in measure(text, agent).reasons, text


def test_until_last_measures_to_the_latest_resolution(agent: Employee) -> None:
    make_ticket(START, agent=agent, resolved_at=START + HOUR)
    make_ticket(START, agent=agent, resolved_at=START + HOUR, last_resolved_at=START + 3 * HOUR)
    make_ticket(START, agent=agent, resolved_at=START + HOUR, last_resolved_at=CUTOFF + SECOND)

    last = measure("aht_full?until=last", agent)

    assert (last.numerator, last.sample) == (4 * 3600, 2)
    assert last.reasons == {"pending": 1}
    assert measure("aht_full", agent).sample == 3


def test_until_solution_measures_to_whichever_comes_first(agent: Employee) -> None:
    make_ticket(START, agent=agent, resolved_at=START + HOUR, solution_given_at=START + MINUTE)
    make_ticket(START, agent=agent, resolved_at=START + HOUR, solution_given_at=START + 2 * HOUR)

    assert measure("aht_full?until=solution", agent).numerator == 60 + 3600


def test_what_is_not_resolved_by_the_cutoff_is_a_miss(agent: Employee) -> None:
    make_ticket(START, agent=agent, resolved_at=END)
    make_ticket(START, agent=agent)

    assert measure("resolution", agent, END).value == Decimal("50.0000")
    assert measure("resolution", agent, END - SECOND).value == Decimal("0.0000")


def test_a_promise_counts_in_the_period_in_which_it_falls(agent: Employee) -> None:
    make_ticket(START - DAY, agent=agent, promised_at=START, resolved_at=START)
    make_ticket(START, agent=agent, promised_at=END, resolved_at=START)

    assert measure("sla_met", agent).numerator == 1
    assert measure("sla_met", agent).denominator == 1


def test_a_promise_neither_kept_nor_due_is_pending(agent: Employee) -> None:
    make_ticket(START, agent=agent, promised_at=END - DAY)
    make_ticket(START, agent=agent, promised_at=END - DAY, resolved_at=START + HOUR)
    make_ticket(START, agent=agent, promised_at=END - DAY, resolved_at=END - DAY)

    early = measure("sla_met", agent, END - DAY - SECOND)
    due = measure("sla_met", agent, END - DAY)

    assert (early.value, early.reasons) == (Decimal("100.0000"), {"pending": 2})
    assert due.value == Decimal("66.6667")


def complain(at: datetime, agent: Employee, **fields: str) -> None:
    make_ticket(
        at, agent=agent, **{"kind": "complaint", "customer_hash": "c", "category": "late"} | fields
    )


def test_a_repeat_counts_from_just_after_the_complaint_to_the_end_of_the_window(
    agent: Employee,
) -> None:
    first = START - 10 * DAY
    for customer, later in {
        "same instant": timedelta(), "one second": SECOND, "last": 30 * DAY,
        "too late": 30 * DAY + SECOND,
    }.items():  # fmt: skip
        complain(first, agent, customer_hash=customer)
        complain(first + later, make_agent("E2"), customer_hash=customer)

    found = measure("repeat_complaint", agent)

    assert (found.numerator, found.denominator) == (2, 4)


def test_a_windowed_metric_counts_in_the_period_in_which_the_window_ends(
    agent: Employee,
) -> None:
    for at in (START - 30 * DAY - SECOND, START - 30 * DAY, END - 30 * DAY - SECOND):
        complain(at, agent)
    complain(END - 30 * DAY, agent)

    assert measure("repeat_complaint", agent).sample == 2


def test_a_window_still_open_at_the_cutoff_is_pending(agent: Employee) -> None:
    complain(START - 15 * DAY, agent)
    complain(START - 14 * DAY, agent)

    found = measure("repeat_complaint", agent, START + 15 * DAY)

    assert (found.numerator, found.denominator, found.reasons) == (1, 1, {"pending": 1})


def test_without_customer_or_category_a_repeat_cannot_be_told(agent: Employee) -> None:
    complain(START - DAY, agent, customer_hash="")
    complain(START - DAY, agent, category="")

    assert measure("repeat_complaint", agent).reasons == {"missing": 2}


def test_filters_narrow_the_earlier_complaint_only(agent: Employee) -> None:
    complain(START - DAY, agent, channel="chat")
    complain(START, make_agent("E2"), channel="hotline")

    found = measure("repeat_complaint?channel=chat", agent)

    assert (found.numerator, found.denominator) == (1, 1)


def test_only_a_complaint_repeats_a_complaint(agent: Employee) -> None:
    complain(START - DAY, agent)
    complain(START, agent, kind="inquiry")
    complain(START, agent, category="other")

    assert measure("repeat_complaint", agent).numerator == 0


def test_the_flag_of_the_export_wins_over_the_signs(agent: Employee) -> None:
    done = {"agent": agent, "resolved_at": START + HOUR}
    make_ticket(START, **done, first_contact=True, contacts=5, escalated=True)
    make_ticket(START, **done, first_contact=False, contacts=1)
    make_ticket(START, **done, contacts=1)
    make_ticket(START, **done, contacts=1, transfers=1)
    make_ticket(START, **done)

    found = measure("fcr", agent)

    assert (found.numerator, found.denominator) == (2, 4)
    assert found.reasons == {"missing": 1}


def test_numbers_without_data(agent: Employee) -> None:
    make_ticket(START, agent=agent)

    found = measure("talk_mean", agent)

    assert found == (None, 0, 0, 0, {"missing": 1}, False, None)


def test_the_volume_has_one_below_the_line_and_its_tickets_as_sample(agent: Employee) -> None:
    for _ticket in range(3):
        make_ticket(START, agent=agent, resolved_at=START + HOUR)

    found = measure("volume", agent)

    assert found[:4] == (Decimal("3.0000"), 3, 1, 3)


@pytest.mark.parametrize(
    ("seconds", "median"), [([10, 40, 20], "20.0000"), ([10, 40, 20, 25], "22.5000")]
)
def test_the_median_is_exact_and_keeps_the_sum_on_top(
    agent: Employee, seconds: list[int], median: str
) -> None:
    for each in seconds:
        make_ticket(START, agent=agent, first_response_at=START + each * SECOND)

    found = measure("frt_median", agent)

    assert found[:4] == (Decimal(median), sum(seconds), len(seconds), len(seconds))


def test_first_contact_metrics_count_for_who_answered_first(agent: Employee) -> None:
    specialist = make_agent("E2")
    make_ticket(
        START, agent=specialist, first_agent=agent, first_response_at=START + MINUTE,
        resolved_at=START + HOUR, escalated=True, transfers=1, contacts=2, reopens=0,
        handle_seconds=9,
    )  # fmt: skip

    for text in ("frt_mean", "frt_within?threshold=60", "fcr", "escalation", "transfer"):
        assert measure(text, agent).sample == 1, text
        assert measure(text, specialist) == NO_DATA, text
    for text in ("aht_full", "aht_active", "talk_mean", "resolution", "reopen", "volume"):
        assert measure(text, specialist).sample == 1, text
        assert measure(text, agent) == NO_DATA, text


def test_bots_are_never_measured() -> None:
    bot = make_agent("B1", is_shared=True)
    make_ticket(START, agent=bot, first_response_at=START)

    assert measure("frt_mean", bot) == NO_DATA


def test_a_value_is_rounded_half_up_once(agent: Employee) -> None:
    for seconds in [1] * 1 + [0] * 31:
        make_ticket(START, agent=agent, first_response_at=START + seconds * SECOND)

    assert measure("frt_mean", agent).value == Decimal("0.0313")  # 0.03125


def test_a_threshold_in_service_hours_is_due_to_the_second(agent: Employee) -> None:
    """Without an entry, working days end at 18:00; the 20th of October starts at the cutoff."""
    evening = START + 18 * DAY + 17 * HOUR  # Monday the 19th, 17:00
    make_ticket(evening, agent=agent)
    make_ticket(evening + SECOND, agent=agent)

    found = measure("frt_within?threshold=3600&clock=working", agent, START + 19 * DAY)

    assert (found.numerator, found.denominator) == (0, 1)
    assert found.reasons == {"pending": 1}
