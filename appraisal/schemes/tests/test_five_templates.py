"""The five published policies, each loaded, completed where blank, in force and computed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraisal.metrics.arguments import request
from appraisal.metrics.registry import METRICS
from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.content import Content, content_of, scaled
from appraisal.schemes.guard import content_obstacles
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.services.templates import create_from_template
from appraisal.schemes.tests.factories import NOW
from appraisal.schemes.tests.test_load_template import load, refusal
from appraisal.scoring import RULES
from appraisal.templates_catalogue import companions, keys, library, template
from appraisal.tests.factories import card_of, make_period, make_work, run
from kpi_portal.people.models import Department
from kpi_portal.people.tests.factories import make_employee

POLICIES = ("aftersales", "complaints", "ecommerce", "general", "regulation")
READY = ("aftersales", "complaints", "ecommerce", "general")
LANGUAGES = {"zh-hans", "zh-hant", "en"}
METRICS_OF = {
    "general": "csi frt_mean frt_timeout aht_full qa_item qa_item qa_item error",
    "complaints": "frt_mean aht_full fcr complaint_csat escalation complaint_rate "
    "repeat_complaint",
    "regulation": "qa_item qa_item qa_item frt_mean aht_full first_owner resolution csat_mean "
    "error qa_item qa_item qa_item review360",
    "aftersales": "csi frt_within sla_met aht_full escalation complaint_csat nps repurchase "
    "suggestion frt_within fcr cycle_time onsite_on_time qa_score exam first_pass",
    "ecommerce": "frt_mean frt_mean aht_active fcr accessibility resolution one_touch mishandled "
    "escalation kb_reuse csi qa_item qa_item qa_item exam csat_mean nps repurchase",
}
"""Source: 2-indicators.md, "The five templates"."""


def test_there_are_the_five_policies_and_a_team_scheme() -> None:
    assert keys() == POLICIES
    assert companions("complaints") == ("complaints-team",)


@pytest.mark.parametrize("key", POLICIES)
def test_a_policy_measures_what_its_source_names(key: str) -> None:
    metrics = {spec.code: spec.metric for spec in library()}

    assert [metrics[item.indicator] for item in template(key).items] == METRICS_OF[key].split()


@pytest.mark.parametrize("key", [*POLICIES, "complaints-team"])
def test_a_policy_speaks_three_languages(key: str) -> None:
    found = template(key)
    named = [found.names, found.description, *(band["name"] for band in found.bands)]
    named += [each.names for each in found.optional] + [part["names"] for part in found.parts]

    assert all(set(names) == LANGUAGES for names in named)


def test_every_indicator_of_the_library_speaks_three_languages() -> None:
    assert all(set(spec.names) == LANGUAGES for spec in library())


@pytest.mark.parametrize("key", [each for each in POLICIES if each != "complaints"])
def test_groups_weigh_the_same_and_so_do_items_within_a_group(key: str) -> None:
    found = template(key)
    groups: dict[str, list[Decimal]] = {}
    for item in found.items:
        groups.setdefault(item.category, []).append(item.weight)
    share = Decimal(100) / len(groups)

    assert found.weights_total == Decimal("100.00")
    for weights in groups.values():
        assert abs(sum(weights) - share) <= Decimal("0.01")
        assert max(weights) - min(weights) <= Decimal("0.01")


def test_every_blank_of_the_regulation_is_blank() -> None:
    found = template("regulation")
    blanks = [item.rule_params["target"] for item in found.items if item.part == "quantitative"]

    assert blanks == [""] * 12
    assert [part["share"] for part in found.parts] == ["", ""]


@pytest.mark.parametrize("key", POLICIES)
def test_optional_items_can_be_measured_and_scored(key: str) -> None:
    metrics = {spec.code: spec.metric for spec in library()}

    for each in template(key).optional:
        assert request(metrics[each.item.indicator], each.item.params)
        assert each.item.rule in RULES


def test_the_library_names_no_metric_that_is_not_there() -> None:
    assert {spec.metric for spec in library()} <= set(METRICS)


@pytest.mark.django_db
@pytest.mark.parametrize("key", READY)
def test_a_policy_comes_into_force_for_month_quarter_and_year(
    key: str, department: Department
) -> None:
    schemes = load(key, "--scale", "--activate-from", "2026-10", "--department", department.code)

    assert [(each["cycle"], each["state"]) for each in schemes] == [
        ("month", "active"), ("quarter", "active"), ("year", "active"),
    ]  # fmt: skip
    assert {each["weights_total"] for each in schemes} == {"100.00"}


@pytest.mark.django_db
def test_the_regulation_waits_for_its_blanks(department: Department) -> None:
    sentence = refusal("regulation", "--activate-from", "2026-10", "--cycle", "month")

    assert sentence.count("定量") >= 1
    assert not SchemeVersion.objects.exists()


def filled(content: Content) -> Content:
    """The regulation with targets and shares as a supervisor would fill them in."""
    parts = tuple(
        {**part, "share": share}
        for part, share in zip(content.parts, ("70.00", "30.00"), strict=True)
    )
    items = tuple(
        replace(
            item,
            rule_params={**item.rule_params, "target": item.rule_params["target"] or "90"},
        )
        for item in content.items
    )
    return scaled(replace(content, parts=parts, items=items))


@pytest.mark.django_db
def test_the_filled_regulation_comes_into_force(department: Department) -> None:
    draft = create_from_template(
        "regulation", cycle="month", coverage=[(department.pk, None)], by=None, at=NOW
    )
    content = filled(content_of(fresh(draft.pk)))

    saved = services.save_draft(draft.pk, content, lock=draft.lock, by=None, at=NOW)
    version = services.activate_by_command(
        saved.pk, start=date(2026, 10, 1), system_user="test", at=NOW
    )

    assert version.state == "active"
    weights = {part: Decimal(0) for part in ("quantitative", "qualitative")}
    for item in fresh(version.pk).items.all():
        weights[item.part] += item.weight
    assert weights == {"quantitative": Decimal(70), "qualitative": Decimal(30)}


@pytest.mark.django_db
def test_one_department_runs_one_scheme_for_each_cycle(department: Department) -> None:
    where = ("--activate-from", "2026-10", "--department", department.code)
    load("complaints", "--scale", "--cycle", "month", *where)
    load("general", "--cycle", "quarter", *where)
    load("aftersales", "--cycle", "year", *where)

    active = SchemeVersion.objects.filter(state="active").values_list("scheme__key", flat=True)
    assert set(active) == {"complaints", "general-quarter", "aftersales-year"}
    assert "客诉绩效考核" in refusal("general", "--cycle", "month", *where)


@pytest.mark.django_db
def test_the_team_scheme_scores_departments_beside_that_of_their_people(
    department: Department,
) -> None:
    where = ("--activate-from", "2026-10", "--department", department.code)
    load("complaints", "--scale", *where)

    load("complaints-team", *where)

    teams = SchemeVersion.objects.filter(scheme__subject="department", state="active")
    assert teams.count() == 3
    assert all(content_obstacles(content_of(each), each.scheme) == [] for each in teams)


@pytest.mark.django_db
@pytest.mark.parametrize("key", READY)
def test_a_policy_is_computed(key: str, department: Department) -> None:
    agent = make_employee(department=department, hired_on=date(2020, 1, 1))
    make_work(agent, tickets=12)
    load(key, "--scale", "--activate-from", "2026-10", "--cycle", "month")
    period = make_period("2026-10")

    run(period)

    card = card_of(agent, period)
    lines = list(card.lines.all())
    assert [line.metric for line in lines] == METRICS_OF[key].split()
    assert any(line.points is not None for line in lines)
    assert all(line.points is None for line in lines if line.value is None)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["2026-Q4", "2026"])
def test_quarter_and_year_have_schemes_of_their_own(code: str, department: Department) -> None:
    agent = make_employee(department=department, hired_on=date(2020, 1, 1))
    make_work(agent, tickets=12)
    where = ("--activate-from", "2026-10", "--department", department.code)
    load("complaints", "--scale", "--cycle", "month", *where)
    load("general", "--cycle", "quarter", *where)
    load("aftersales", "--cycle", "year", *where)
    period = make_period(code)

    run(period, at=datetime(2027, 1, 20, tzinfo=UTC))

    metrics = [line.metric for line in card_of(agent, period).lines.all()]
    key = "general" if code == "2026-Q4" else "aftersales"
    assert metrics == METRICS_OF[key].split()


@pytest.mark.django_db
def test_the_filled_regulation_is_computed_with_both_parts(department: Department) -> None:
    agent = make_employee(department=department, hired_on=date(2020, 1, 1))
    make_work(agent, tickets=12)
    draft = create_from_template(
        "regulation", cycle="month", coverage=[(department.pk, None)], by=None, at=NOW
    )
    content = filled(content_of(fresh(draft.pk)))
    saved = services.save_draft(draft.pk, content, lock=draft.lock, by=None, at=NOW)
    services.activate_by_command(saved.pk, start=date(2026, 10, 1), system_user="test", at=NOW)
    period = make_period("2026-10")

    run(period)

    parts = [line.part for line in card_of(agent, period).lines.all()]
    assert parts == ["quantitative"] * 12 + ["qualitative"]
