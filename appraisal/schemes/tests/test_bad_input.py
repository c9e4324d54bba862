"""Every mistake in a scheme has its sentence at its field; the API says the same."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from appraisal.models import Indicator, Scheme
from appraisal.schemes import services
from appraisal.schemes.content import Content, ItemContent
from appraisal.schemes.guard import content_obstacles, content_warnings
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.tests.factories import make_content, make_draft, make_item
from kpi_portal.people.models import Department, Position
from kpi_portal.people.tests.factories import make_department, make_employee, make_user
from surveys.tests.judgements import make_version
from tickets.tests.factories import make_ticket

pytestmark = pytest.mark.django_db

UP, DOWN = {"direction": "up"}, {"direction": "down"}
PARTS = (
    {"key": "a", "names": {"zh-hans": "定量"}, "share": "70.00"},
    {"key": "b", "names": {"zh-hans": "定性"}, "share": "30.00"},
)
STEPS = ({"lower": "85", "value": "1.05"}, {"lower": None, "value": "1.00"})


@pytest.fixture
def department() -> Department:
    services.seed_indicators()
    return make_department()


def found(content: Content, cycle: str = "month", subject: str = "agent") -> dict[str, str]:
    """Sentences by field."""
    scheme = Scheme(key="x", cycle=cycle, subject=subject)
    return {each.where: each.sentence for each in content_obstacles(content, scheme)}


def rule(key: str, indicator: str = "frt_mean", **params: Any) -> ItemContent:
    return make_item(indicator=indicator, rule=key, rule_params={**DOWN, **params})


BAND = {"key": "a", "name": {"zh-hans": "甲"}, "lower": "50", "consequence": ""}
TIERS = [{"bound": "10", "points": "100"}, {"bound": "5", "points": "50"}]
VETO = {"limit": "90", "consequence": "zero_item"}

ITEMS: list[tuple[ItemContent, str]] = [
    (rule("linear", target="0"), "items.0.rule_params.zero_at"),
    (rule("change", target="0"), "items.0.rule_params.target"),
    (rule("tolerance", baseline="0", tolerance="20"), "items.0.rule_params.baseline"),
    (rule("linear", target=""), "items.0.rule_params.target"),
    (rule("tiers", tiers=TIERS, otherwise="0"), "items.0.rule_params.tiers.1.bound"),
    (rule("tiers", tiers=[{"bound": "", "points": "1"}]), "items.0.rule_params.tiers.0.bound"),
    (rule("veto", **VETO, item="7"), "items.0.rule_params.item"),
    (rule("veto", **VETO, item="1"), "items.0.rule_params.item"),
    (rule("veto", limit="9", consequence="cap_band", band="x"), "items.0.rule_params.band"),
    (rule("veto", limit="9", consequence="cap_total", cap="60"), "items.0.weight"),
    (rule("extra", per="1", cap="5"), "items.0.weight"),
    (make_item(indicator="nps", rule="change", rule_params={**UP, "target": "9"}), "items.0.rule"),
    (rule("linear", indicator="fcr", target="85"), "items.0.rule_params.direction"),
    (make_item(indicator="gone"), "items.0.indicator"),
    (make_item(params={"channel": "pigeon"}), "items.0.params"),
    (make_item(params={"color": "red"}), "items.0.params"),
    (make_item(indicator="frt_within", rule_params={**UP, "target": "9"}), "items.0.params"),
    (make_item(part="a"), "items.0.part"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "where"), ITEMS)
def test_a_mistake_of_an_item_stands_at_its_field(
    department: Department, item: ItemContent, where: str
) -> None:
    obstacles = found(make_content(department, items=[item]))

    assert obstacles.get(where)


SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"items": ()}, "items"),
    ({"items": (make_item("99.99"),)}, "weights"),
    ({"coverage": ()}, "coverage"),
    ({"bands": (BAND,)}, "bands.0.lower"),
    ({"rollup": "average"}, "rollup"),
    ({"coefficient_mode": "table"}, "coefficients"),
    (
        {"coefficient_mode": "table", "coefficient_table": (STEPS[1], STEPS[0])},
        "coefficients.0.lower",
    ),
    (
        {"coefficient_mode": "table", "coefficient_table": (STEPS[0], STEPS[0], STEPS[1])},
        "coefficients.1.lower",
    ),
    ({"parts": PARTS}, "items.0.part"),
    ({"parts": ({**PARTS[0], "share": ""}, PARTS[1])}, "parts.0.share"),
    ({"parts": ({**PARTS[0], "share": "many"}, PARTS[1])}, "parts.0.share"),
    ({"parts": (PARTS[0], {**PARTS[1], "share": "29.00"})}, "parts"),
    ({"parts": PARTS, "items": (make_item(part="a"),)}, "parts.0.share"),
    ({"parts": (PARTS[0], PARTS[0])}, "parts.1.key"),
    ({"parts": ({**PARTS[0], "names": {}}, PARTS[1])}, "parts.0.name"),
]


@pytest.mark.parametrize(("change", "where"), SETTINGS)
def test_a_mistake_of_the_settings_stands_at_its_field(
    department: Department, change: dict[str, Any], where: str
) -> None:
    obstacles = found(replace(make_content(department), **change))

    assert obstacles.get(where)


def test_the_sentence_for_99_99_says_what_is_missing(department: Department) -> None:
    obstacles = found(make_content(department, items=[make_item("99.99")]))

    assert "99.99" in obstacles["weights"]
    assert "0.01" in obstacles["weights"]


@pytest.mark.parametrize("share", ["0", "100"])
def test_a_blend_blends(department: Department, share: str) -> None:
    content = replace(make_content(department), rollup="blend", blend_share=Decimal(share))

    assert "blend_share" in found(content, "year")
    assert not found(replace(content, blend_share=Decimal(40)), "year")


def test_what_a_department_cannot_have(department: Department) -> None:
    position = Position.objects.create(code="P", name="专员")
    content = replace(
        make_content(coverage=((department.pk, position.pk),)),
        newcomer_months=3,
        coefficient_mode="manual",
        items=(
            make_item("50", rule="rank", rule_params=DOWN),
            make_item("50", missing_policy="department_mean"),
        ),
    )

    assert set(found(content, subject="department")) == {
        "coverage", "newcomer_months", "coefficient_mode", "items.0.rule",
        "items.1.missing_policy",
    }  # fmt: skip


def test_a_scheme_with_every_kind_of_rule_is_ready(department: Department) -> None:
    content = make_content(
        department,
        items=[
            make_item("60", part="a"),
            make_item("10", part="a", rule="rank", rule_params=DOWN),
            make_item("30", part="b", indicator="fcr", rule_params={**UP, "target": "85"}),
            make_item("0", rule="veto", rule_params={**DOWN, **VETO, "item": "1"}),
            make_item("0", rule="deduction", rule_params={**DOWN, "per": "1", "cap": "5"}),
            make_item("0", indicator="fcr", rule="extra",
                      rule_params={**UP, "per": "1", "from": "90", "cap": "5"}),
        ],
        parts=PARTS,
        coefficient_mode="table",
        coefficient_table=STEPS,
    )  # fmt: skip

    assert found(content) == {}


def test_an_unknown_item_of_a_questionnaire_is_named(department: Department) -> None:
    make_version("qa", {"code": "greeting"})
    item = make_item(
        indicator="clarity", params={"item": "clarity"}, rule_params={**UP, "target": "95"}
    )

    sentence = found(make_content(department, items=[item]))["items.0.params.item"]

    assert "clarity" in sentence
    assert "greeting" in sentence


def test_a_formula_changed_since_is_checked_again(department: Department) -> None:
    params = {"expression": "fcr * 2", "unit": "percent"}
    Indicator.objects.create(code="twice", name="两倍", metric="formula", params=params)
    wrong = {"expression": "twice + fcr", "unit": "percent"}
    item = make_item(indicator="twice", params=wrong, rule_params={**UP, "target": "9"})

    sentence = found(make_content(department, items=[item]))["items.0.params.expression"]

    assert "twice → twice" in sentence


def test_a_filter_that_matches_nothing_is_worth_a_thought(department: Department) -> None:
    make_ticket(make_employee(department=department), category="物流")
    item = make_item(params={"category": "发票", "channel": "chat"})
    content = make_content(department, items=[item])

    warnings = {each.where: each.sentence for each in content_warnings(content)}

    assert "发票" in warnings["items.0.params.category"]
    assert found(content) == {}


def test_nothing_is_said_about_filters_before_the_first_import(department: Department) -> None:
    content = make_content(department, items=[make_item(params={"category": "发票"})])

    assert content_warnings(content) == []


def test_ranking_is_worth_a_thought(department: Department) -> None:
    content = make_content(department, items=[make_item(rule="rank", rule_params=DOWN)])

    assert [each.where for each in content_warnings(content)] == ["items.0.rule"]


def test_the_api_says_the_same_as_the_page(client: Client, department: Department) -> None:
    items = [make_item("99.99", rule_params={**DOWN, "target": "0"})]
    draft = make_draft(content=make_content(department, items=items), key="wrong")
    client.force_login(make_user("hr"))

    answer = client.get("/api/v1/schemes/wrong/v1/check/").json()

    version = fresh(draft.pk)
    page = found(make_content(department, items=items))
    assert answer["ready"] is False
    assert answer["fields"] == page
    assert answer["weights_total"] == "99.99"
    assert version.state == "draft"


def test_the_api_checks_a_file_without_storing_it(client: Client, department: Department) -> None:
    client.force_login(make_user("hr"))
    text = "key: a\nnames: {zh-hans: 甲}\nbands: [{key: b, name: {zh-hans: 乙}, lower: null}]\n"

    answer = client.post("/api/v1/schemes:check", {"yaml": text}, content_type="application/json")
    broken = client.post(
        "/api/v1/schemes:check", {"yaml": text + "rollup: never\n"},
        content_type="application/json",
    )  # fmt: skip

    assert set(answer.json()["fields"]) == {"items", "coverage"}
    assert broken.status_code == 422
    assert "rollup" in broken.json()["fields"]
    assert not Scheme.objects.exists()
