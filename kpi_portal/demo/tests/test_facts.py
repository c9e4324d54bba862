"""The facts of the demo company: the same for the same seed and date, no contradictions."""

from datetime import UTC, date, datetime
from random import Random
from typing import Any

from kpi_portal.demo import judgements, volumes
from kpi_portal.demo.cast import make_cast
from kpi_portal.demo.facts import Book
from kpi_portal.people.queries import zone
from surveys.questionnaires.ready import ready_forms

START, NOW = date(2026, 8, 1), datetime(2026, 10, 3, 4, tzinfo=UTC)
TODAY = date(2026, 10, 3)


def make_facts() -> dict[str, list[Any]]:
    random = Random("demo")
    cast = make_cast(random, START, TODAY)
    book = Book(random, cast, START, NOW, zone(), share=0.2)
    tickets = list(book.tickets())
    draws = Random("around")
    sampled = judgements.inspections(draws, book.around.done, book.tempers, cast, NOW)
    return {
        "tickets": tickets,
        "answers": book.answers,
        "invitations": book.around.invitations,
        "orders": book.around.orders,
        "contacts": list(volumes.contacts(draws, START, TODAY)),
        "sessions": volumes.sessions(draws, book.around, START, TODAY),
        "rectifications": list(volumes.rectifications(draws, START, TODAY)),
        "recorded": list(judgements.recorded(draws, cast, START, TODAY)),
        "inspections": list(judgements.judged_inspections(draws, sampled, book.tempers)),
        "reviews": list(judgements.reviews(draws, cast, book.tempers, START, NOW)),
        "monthly": list(judgements.monthly(draws, cast, book.tempers, START, NOW)),
    }


def test_the_same_seed_gives_the_same_facts() -> None:
    first, second = make_facts(), make_facts()

    assert {name: len(rows) for name, rows in first.items() if not rows} == {}
    assert first == second


def test_nothing_of_it_lies_ahead_or_contradicts_itself() -> None:
    facts = make_facts()

    for row in facts["inspections"] + facts["reviews"] + facts["monthly"]:
        assert row["submitted_at"] <= NOW
        codes = {question.code for question in ready_forms()[row["form"]].questions}
        assert set(row["judged"]) <= codes
        assert (row["rater_group"] == "self") == (row.get("rater") == row["agent"])
    for row in facts["invitations"]:
        assert row["answered_at"] is None or row["answered_at"] >= row["invited_at"]
    for row in facts["contacts"]:
        assert row["answered"] <= row["offered"] and row["opened"] <= row["planned"]
    for row in facts["rectifications"]:
        assert row["opened_on"] <= row["due_on"]
        assert row["done_on"] is None or row["opened_on"] <= row["done_on"] < TODAY
    for row in facts["orders"]:
        assert row["ordered_at"] <= NOW
    for row in facts["recorded"]:
        assert row["effective_on"] < TODAY and 0 <= row["value"] <= 100
