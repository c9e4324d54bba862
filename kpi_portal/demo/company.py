"""The whole demo company in one go. Deterministic by seed and date, but for the passwords."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random

from django.conf import settings

from appraisal.models import Period
from kpi_portal.core.errors import Conflict
from kpi_portal.demo import disputes, history, judgements, staff, volumes
from kpi_portal.demo.cast import Cast, make_cast
from kpi_portal.demo.facts import Book, orders
from kpi_portal.people.models import Employee
from kpi_portal.people.queries import local_date, zone
from kpi_portal.people.services import seed_calendar
from surveys.loads import load_assessments, load_invitations, load_recorded
from surveys.services import load_answers
from tickets.services import load_orders, load_rows, load_table

SEED = "KPI Portal"
SOURCE = "demo"
FEATURED = (
    "agent",
    "supervisor",
    "inspector",
    "hr",
    "hr_lead",
    "committee",
    "chair",
    "admin",
    "auditor",
)
Say = Callable[[str], None]


class NotEmpty(Conflict):
    """There are people in this database already."""

    code = "not_empty"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was made, in numbers, and where the passwords stand."""

    tickets: int
    answers: int
    periods: int
    appeals: int
    accounts: Path


def seed(now: datetime, *, small: bool = False, say: Say = lambda text: None) -> Summary:
    """Make people, facts, schemes, results and appeals. Raises NotEmpty.

    From 1 January of last year to `now`; `small`: the last four months with fewer tickets.
    """
    if Employee.objects.exists():
        raise NotEmpty("The demo company needs an empty database; there are employees in it.")
    today = local_date(now)
    start = _start(today, small=small)
    random = Random(f"{SEED} {today}")
    seed_calendar(range(start.year - 1, today.year + 2))
    cast = make_cast(random, start, today)
    say("people")
    passwords = staff.settle(cast, at=now)
    accounts = write_accounts(cast, passwords)
    say("tickets")
    book = Book(random, cast, start, now, zone(), share=0.4 if small else 1.0)
    tickets = load_rows(book.tickets(), SOURCE).created
    answers = load_answers(book.answers, SOURCE).created
    load_orders(orders(random, start, today), by=None)
    say("assessments")
    _facts_around(book, start, now)
    say("schemes")
    history.schemes(start)
    periods = _score(start, now, say)
    say("appeals")
    months = [period for period in periods if period.cycle == "month" and period.is_published]
    lodged = (
        disputes.lodge(months[-1], months[-2] if len(months) > 1 else None, now) if months else 0
    )
    history.close_due(now)
    history.read_old_notices(now)
    return Summary(tickets, answers, len(periods), lodged, accounts)


def _facts_around(book: Book, start: date, now: datetime) -> None:
    """What metrics need beside tickets and answers. Draws of its own."""
    random, today, cast = Random(f"{SEED} {start} {now.date()}"), local_date(now), book.cast
    load_invitations(book.around.invitations, SOURCE)
    load_table("customer_orders", book.around.orders, SOURCE)
    load_table("contacts", volumes.contacts(random, start, today))
    load_table("sessions", volumes.sessions(random, book.around, start, today), SOURCE)
    load_table("rectifications", volumes.rectifications(random, start, today), SOURCE)
    load_recorded(judgements.recorded(random, cast, start, today))
    sampled = judgements.inspections(random, book.around.done, book.tempers, cast, now)
    rows = chain(
        judgements.judged_inspections(random, sampled, book.tempers),
        judgements.reviews(random, cast, book.tempers, start, now),
        judgements.monthly(random, cast, book.tempers, start, now),
    )
    load_assessments(rows, SOURCE)


def _start(today: date, *, small: bool) -> date:
    if not small:
        return date(today.year - 1, 1, 1)
    return (today.replace(day=1) - timedelta(days=92)).replace(day=1)


def _score(start: date, now: datetime, say: Say) -> list[Period]:
    periods = []
    for code in history.codes(start, now):
        say(code)
        periods.append(history.score(code, now))
    recent = [period for period in periods if period.end_on > local_date(now) - timedelta(200)]
    for period in recent:
        history.acknowledge(period, now)
    return periods


def write_accounts(cast: Cast, passwords: dict[str, str]) -> Path:
    """The demo accounts, one a line, readable by the owner only: user name, password, roles."""
    path = Path(settings.DATA_DIR) / "demo-accounts.txt"
    rows = []
    for person in cast.people:
        if person.user in passwords:
            rows.append((person.user, passwords[person.user], ",".join(person.roles), person.name))
    rows.sort(key=lambda row: (row[0] not in FEATURED, row[0]))
    temporary = path.with_suffix(".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)
    temporary.replace(path)
    return path
