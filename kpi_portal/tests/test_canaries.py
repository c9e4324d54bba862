"""N3: nothing of the agent's results reaches anybody whom they do not concern, by any address."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from appraisal.models import Scorecard, ScoreLine
from kpi_portal.audit.models import Event
from kpi_portal.tests.access_table import TABLE
from kpi_portal.tests.access_world import (
    PERIOD_STAGES,
    World,
    ask,
    stage,
    unpublished_card,
)

pytestmark = pytest.mark.django_db

UNCONCERNED = (
    "anonymous", "stranger", "colleague", "outsider", "other_supervisor", "inspector", "admin",
)  # fmt: skip
SEARCHES = (
    ("home:search", "?q={text}"),
    ("appeals:list", "?q={text}&state=submitted"),
    ("people:list", "?q={text}"),
    ("people:accounts", "?q={text}"),
    ("tickets:tickets", "?agent={text}"),
    ("surveys:index", "?agent={text}"),
    ("audit:list", "?who={text}"),
    ("api:scorecards", "?agent={text}&page_size=100&reason=audit"),
    ("api:tickets", "?agent={text}"),
    ("api:appeals", "?state=submitted&reason=audit"),
)
BOARDS = (
    ("appraisal:team_board", "?text={text}&sort=-final"),
    ("appraisal:team_export", "?text={text}"),
)


def canaries(card: Scorecard) -> set[str]:
    """Figures that stand on this card and on no other."""
    figures = {str(card.final), str(card.subtotal)}
    for line in card.lines.all():
        figures |= {str(line.points), str(line.contribution)}
    others: set[str] = set()
    for line in ScoreLine.objects.exclude(scorecard=card):
        others |= {str(line.points), str(line.contribution), str(line.weight)}
    return figures - others - {"None", "0.00", "100.00"}


def readings(world: World) -> list[str]:
    """Everything that can be read, and what can be asked for by name."""
    pages = [row.url(world) for row in TABLE if "GET" in row.methods]
    return list(dict.fromkeys([*pages, *_asked_for(world)]))


def _asked_for(world: World) -> Iterator[str]:
    for text in ("A001", "李伟", world.parts["appeal"]):
        for name, query in SEARCHES:
            yield reverse(name) + query.format(text=text)
        for name, query in BOARDS:
            for part in ("period", "september"):
                yield reverse(name, args=[world.parts[part]]) + query.format(text=text)


def leaks(world: World, role: str, secrets: set[str], urls: list[str]) -> list[str]:
    """Where a secret stands in an answer to `role`, be it a page, a file or a refusal."""
    found = []
    for url in urls:
        response = ask(world, role, "GET", url)
        body = response.getvalue() if response.streaming else response.content
        text = body.decode("utf-8", "replace") + str(response.headers)
        found += [f"{role} {url}: {secret}" for secret in secrets if secret in text]
    return found


@pytest.mark.parametrize("role", [*UNCONCERNED, "committee", "chair"])
def test_nobody_else_reads_the_agents_figures_or_words(world: World, role: str) -> None:
    card = world.case.appeal.scorecard
    with stage(world, "reviewed"):
        appeal = world.case.appeal
        secrets = canaries(card) | {appeal.statement, appeal.request, "记录.txt"}
        assert len(secrets) >= 6
        urls = readings(world)
        if role in ("admin", "colleague"):
            urls += [reverse("audit:detail", args=[pk]) for pk in _events()]
        assert leaks(world, role, secrets, urls) == []


@pytest.mark.parametrize("name", PERIOD_STAGES)
def test_nobody_reads_a_figure_before_it_is_published(world: World, name: str) -> None:
    with stage(world, name):
        secrets = canaries(unpublished_card(world))
        assert len(secrets) >= 3
        october = (world.parts["period"], world.parts["appeal"])
        urls = [url for url in readings(world) if not any(part in url for part in october)]
        for role in ("agent", "admin", "auditor"):
            assert leaks(world, role, secrets, urls) == []


def test_the_supervisor_does_not_learn_of_an_appeal_before_the_meeting(world: World) -> None:
    with stage(world, "reviewed"):
        appeal = world.case.appeal
        secrets = {appeal.statement, appeal.request, "记录.txt"}
        urls = [url for url in readings(world) if appeal.number not in url]
        assert leaks(world, "supervisor", secrets | {appeal.number}, urls) == []


def test_the_agent_reads_it_all(world: World) -> None:
    """Else the canaries would prove nothing."""
    secrets = canaries(world.case.appeal.scorecard)
    with stage(world, "reviewed"):
        urls = readings(world)
        found = leaks(world, "agent", secrets, urls)
        assert {secret for secret in secrets if any(secret in line for line in found)} == secrets


def test_a_file_of_others_cards_has_only_the_own_team(world: World) -> None:
    secrets = canaries(world.case.appeal.scorecard)
    url = reverse("appraisal:team_export", args=[world.parts["period"]])
    form = {"reason": "面谈", "format": "csv"}
    mine = ask(world, "supervisor", "POST", url, form).content.decode()
    other = ask(world, "other_supervisor", "POST", url, form).content.decode()
    assert all(secret in mine for secret in secrets)
    assert not any(secret in other for secret in secrets)


def _events() -> list[int]:
    return list(Event.objects.values_list("pk", flat=True))
