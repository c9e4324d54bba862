"""Inspections, reviews, exams, shoppers and recorded values of the demo company."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from kpi_portal.demo.cast import Cast, Person
from kpi_portal.demo.facts import Temper
from kpi_portal.demo.surroundings import Done
from kpi_portal.people.queries import zone
from surveys.questionnaires.judging import Judged, Question
from surveys.questionnaires.ready import ready_forms

Row = dict[str, Any]

PER_MONTH = 10  # inspections per agent
PEERS = 3
PASSED, FAILED, NOT_APPLICABLE = Judged(passed=True), Judged(passed=False), Judged(is_na=True)
# Items that do not come up in every contact.
RARE = {
    "emergency_handling": 0.55,
    "communication_effectiveness": 0.25,
    "personalisation": 0.2,
    "anticipation": 0.15,
}


def at(day: date, hour: int) -> datetime:
    """An hour of a day in company time, in UTC."""
    return datetime.combine(day, time(hour), zone()).astimezone(UTC)


def months(start: date, today: date) -> Iterator[tuple[date, date]]:
    """(first day, first day of the next) of each calendar month that has begun."""
    first = start.replace(day=1)
    while first <= today:
        following = (first + timedelta(days=32)).replace(day=1)
        yield first, following
        first = following


def _employed(person: Person, day: date) -> bool:
    return person.hired_on <= day and (person.left_on is None or day < person.left_on)


def _numbers(cast: Cast, position: str) -> list[str]:
    return [person.number for person in cast.people if person.position == position]


def inspections(
    random: Random, done: Sequence[Done], tempers: Mapping[str, Temper], cast: Cast, now: datetime
) -> Iterator[Row]:
    """A sample of each agent's tickets a month, inspected a day or more after their resolution."""
    inspectors = _numbers(cast, "INSPECTOR")
    by_month: dict[tuple[str, str], list[Done]] = defaultdict(list)
    for each in done:
        by_month[each.agent, f"{each.resolved_at:%Y-%m}"].append(each)
    number = 0
    for (agent, _month), tickets in sorted(by_month.items()):
        for ticket in random.sample(tickets, min(PER_MONTH, len(tickets))):
            submitted = ticket.resolved_at + timedelta(
                seconds=random.randrange(86_400, 4 * 86_400)
            )
            if submitted > now:
                continue
            care = tempers[agent].care
            for place in range(1 + (random.random() < 0.04)):
                number += 1
                yield {
                    "external_id": f"Q{number:06d}",
                    "form": "qa-complaint" if ticket.kind == "complaint" and random.random() < 0.5
                    else "qa-service",
                    "agent": agent,
                    "ticket": ticket.number,
                    "rater_group": "qa",
                    "rater": inspectors[place % len(inspectors)],
                    "submitted_at": submitted,
                }  # fmt: skip
                submitted = min(submitted + timedelta(hours=5), now)
                care -= 0.4


def judged_inspections(
    random: Random, rows: Iterator[Row], tempers: Mapping[str, Temper]
) -> Iterator[Row]:
    """The same with what was judged."""
    forms = ready_forms()
    for row in rows:
        care = tempers[row["agent"]].care
        questions = forms[row["form"]].questions
        yield {**row, "judged": {q.code: _judged(random, q, care) for q in questions}}


def _judged(random: Random, question: Question, care: float) -> Judged:
    if question.is_fatal:
        return FAILED if random.random() < 0.0015 else PASSED
    if question.kind == "yesno":
        if random.random() < RARE.get(question.code, 0.01):
            return NOT_APPLICABLE
        return PASSED if random.random() < min(0.99, 0.9 + 0.035 * care) else FAILED
    top = float(question.top)
    value = random.gauss(top * (0.89 + 0.025 * care), top * 0.07)
    return _valued(question, value)


def _valued(question: Question, value: float) -> Judged:
    least, most = float(question.low), float(question.top)
    return Judged.of_value(question, Decimal(round(max(least, min(most, value)))))


def reviews(
    random: Random, cast: Cast, tempers: Mapping[str, Temper], start: date, now: datetime
) -> Iterator[Row]:
    """Each quarter, five days before its end: oneself, the supervisor, QA and three peers."""
    agents, inspectors = cast.agents(), _numbers(cast, "INSPECTOR")
    for first, following in months(start, now.astimezone(zone()).date()):
        submitted = at(following - timedelta(days=5), 15)
        if first.month % 3 or submitted > now:
            continue
        present = [person for person in agents if _employed(person, submitted.date())]
        for index, person in enumerate(present):
            team = [each.number for each in present if each.department == person.department]
            others = [number for number in team if number != person.number]
            raters = [("self", person.number), ("supervisor", person.supervisor),
                      ("qa", inspectors[index % len(inspectors)])]  # fmt: skip
            raters += [
                ("peer", number) for number in random.sample(others, min(PEERS, len(others)))
            ]
            for group, rater in raters:
                yield _review(random, person, group, rater, submitted, tempers)


LIFT = {"self": 0.35, "supervisor": 0.0, "qa": -0.1, "peer": 0.2}


def _review(
    random: Random, person: Person, group: str, rater: str, submitted: datetime,
    tempers: Mapping[str, Temper],
) -> Row:  # fmt: skip
    mood = 4.15 + LIFT[group] + 0.25 * tempers[person.number].care
    questions = [q for q in ready_forms()["review360"].questions if q.kind != "text"]
    return {
        "external_id": f"R{submitted:%Y%m}-{person.number}-{group}-{rater}",
        "form": "review360",
        "agent": person.number,
        "rater_group": group,
        "rater": rater,
        "submitted_at": submitted,
        "judged": {q.code: _valued(q, random.gauss(mood, 0.45)) for q in questions},
    }


def monthly(
    random: Random, cast: Cast, tempers: Mapping[str, Temper], start: date, now: datetime
) -> Iterator[Row]:
    """A knowledge exam and a mystery shopper for everybody each month."""
    for first, _following in months(start, now.astimezone(zone()).date()):
        for form, group, day in (("exam", "examiner", 17), ("mystery", "shopper", 21)):
            submitted = at(first.replace(day=day), 11)
            if submitted > now or submitted.date() < start:
                continue
            for person in cast.agents():
                if not _employed(person, submitted.date()):
                    continue
                level = 0.88 + 0.03 * tempers[person.number].care
                questions = [q for q in ready_forms()[form].questions if q.kind != "text"]
                yield {
                    "external_id": f"{form[0].upper()}{first:%Y%m}-{person.number}",
                    "form": form,
                    "agent": person.number,
                    "rater_group": group,
                    "submitted_at": submitted,
                    "valid_until": first + timedelta(days=730) if form == "exam" else None,
                    "judged": {
                        q.code: _valued(q, random.gauss(float(q.top) * level, float(q.top) * 0.07))
                        for q in questions
                    },
                }


def recorded(random: Random, cast: Cast, start: date, today: date) -> Iterator[Row]:
    """Attendance and training of everybody for each month that is over."""
    for _first, following in months(start, today):
        last = following - timedelta(days=1)
        if following > today:
            continue
        for person in cast.agents():
            if not _employed(person, last):
                continue
            attendance = min(100.0, random.gauss(98.2, 1.6))
            training = 100 if random.random() < 0.8 else random.randrange(60, 100, 5)
            for item, value, origin in (
                ("attendance", Decimal(f"{attendance:.1f}"), "考勤系统"),
                ("training", Decimal(training), "培训系统"),
            ):
                yield {
                    "item": item, "agent": person.number, "effective_on": last, "value": value,
                    "origin": origin, "evidence": f"{last:%Y-%m} 月报",
                }  # fmt: skip
