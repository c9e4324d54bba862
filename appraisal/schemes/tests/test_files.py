"""Scheme files: export and import are each other's way back; mistakes name line and field."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appraisal.models import Indicator, Scheme
from appraisal.schemes import services
from appraisal.schemes.content import Content, ItemContent, content_of
from appraisal.schemes.export import as_yaml, items_document, settings_document, version_yaml
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.services.templates import template_content
from appraisal.schemes.tests.factories import NOW, make_active, make_content, make_draft, make_item
from appraisal.templates_catalogue import TemplateError, keys, library, read, template
from kpi_portal.people.models import Department, Position
from kpi_portal.people.tests.factories import (
    make_department,
    make_employee,
    make_person,
    make_user,
)

words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\u2028\u2029"),
    max_size=20,
)
cents = st.integers(0, 10_000).map(lambda each: Decimal(each).scaleb(-2))
numbers = st.integers(1, 99_999).map(lambda each: str(Decimal(each).scaleb(-2)))
directions = st.sampled_from(["up", "down"])
codes = st.sampled_from([spec.code for spec in library()])


def rules() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Rules with params that parse, blanks included."""
    linear = st.builds(
        lambda way, target: ("linear", {"direction": way, "target": target}),
        directions,
        st.one_of(numbers, st.just("")),
    )
    tiers = st.lists(st.integers(1, 900), min_size=1, max_size=5, unique=True).map(
        lambda bounds: (
            "tiers",
            {
                "direction": "up",
                "tiers": [{"bound": str(b), "points": "50"} for b in sorted(bounds, reverse=True)],
            },
        )
    )
    per_unit = st.builds(
        lambda unit, earns: (
            "per_unit",
            {"direction": "down", "reference": "previous", "unit": unit, "points": "1"}
            | ({"earns": True} if earns else {}),
        ),
        numbers,
        st.booleans(),
    )
    veto = st.just(("veto", {"direction": "up", "limit": "60", "consequence": "cap_total",
                             "cap": "70"}))  # fmt: skip
    return st.one_of(linear, tiers, per_unit, veto, st.just(("rank", {"direction": "up"})))


@st.composite
def items(draw: st.DrawFn, parts: list[str]) -> ItemContent:
    rule, params = draw(rules())
    return ItemContent(
        indicator=draw(codes),
        rule=rule,
        weight=draw(cents),
        category=draw(words),
        params=draw(st.dictionaries(st.sampled_from(["channel", "tag", "threshold"]), words)),
        rule_params=params,
        missing_policy=draw(
            st.sampled_from(["redistribute", "full", "zero", "department_mean", "not_scored"])
        ),
        min_sample=draw(st.integers(0, 1_000_000)),
        part=draw(st.sampled_from(["", *parts])),
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    parts = draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
    names = st.dictionaries(st.sampled_from(["zh-hant", "en"]), words.filter(bool))
    first = words.filter(str.strip)
    named = st.builds(lambda name, rest: {"zh-hans": name, **rest}, first, names)
    factors, shares = st.sampled_from([None, "1.15"]), st.one_of(cents.map(str), st.just(""))
    bounds = draw(st.lists(st.integers(1, 199), unique=True, max_size=5))
    steps = draw(st.lists(st.integers(1, 120), unique=True, max_size=5))
    return Content(
        items=tuple(draw(st.lists(items(parts), max_size=12))),
        bands=tuple(
            {"key": f"band{n}", "lower": bound, "bonus_factor": draw(factors),
             "consequence": "", "name": draw(named)}
            for n, bound in enumerate([*map(str, sorted(bounds, reverse=True)), None])
        ),
        maximum=draw(cents.filter(lambda each: each > 0)),
        coefficient_mode=draw(st.sampled_from(["none", "manual", "table"])),
        coefficient_table=tuple(
            {"lower": bound, "value": "1.05"}
            for bound in [*map(str, sorted(steps, reverse=True)), None]
        )
        if steps
        else (),
        rollup=draw(st.sampled_from(["recompute", "average", "blend"])),
        blend_share=draw(cents),
        parts=tuple(
            {"key": key, "names": draw(named), "share": draw(shares)}
            for key in parts
        ),
        newcomer_months=draw(st.one_of(st.none(), st.integers(1, 600))),
        missing_limit=draw(cents),
        min_days=draw(st.integers(0, 366)),
        note=draw(words),
    )  # fmt: skip


def as_text(content: Content) -> str:
    head = {"key": "random", "names": {"zh-hans": "随机"}}
    return as_yaml(head | settings_document(content) | items_document(content))


@given(content=contents())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_file_says_exactly_what_the_scheme_says(content: Content) -> None:
    found = template_content(read(as_text(content)), "quarter")

    assert found == content
    assert as_text(template_content(read(as_text(found)), "quarter")) == as_text(found)


@pytest.mark.parametrize("key", keys())
def test_the_policies_come_back_as_they_are(key: str) -> None:
    content = template_content(template(key), "month")

    assert template_content(read(as_text(content)), "month") == content


@pytest.fixture
def department(db: None) -> Department:
    services.seed_indicators()
    return make_department("online")


@pytest.mark.django_db
def test_a_version_comes_back_with_whom_it_covers(department: Department) -> None:
    position = Position.objects.create(code="P1", name="专员")
    content = make_content(
        items=[make_item("60"), make_item("40", params={"channel": "chat,hotline"})],
        coverage=((department.pk, position.pk),),
        newcomer_months=6,
    )
    original = fresh(make_draft(content=content, key="first").pk)

    imported = services.import_scheme(version_yaml(original), key="second", by=None, at=NOW)

    assert imported.is_new_scheme
    assert content_of(fresh(imported.version.pk)) == content_of(original)


@pytest.mark.django_db
def test_a_file_of_a_scheme_in_force_becomes_its_next_version(department: Department) -> None:
    active = make_active(department, key="known")
    text = version_yaml(fresh(active.pk)).replace("'60'", "'45'")

    imported = services.import_scheme(text, by=None, at=NOW)

    assert (imported.is_new_scheme, imported.version.number) == (False, 2)
    (item,) = fresh(imported.version.pk).items.all()
    assert item.rule_params["target"] == "45"


@pytest.mark.django_db
def test_a_file_brings_the_companys_own_indicators(department: Department) -> None:
    params = {"item": "attendance", "unit": "percent"}
    own = Indicator.objects.create(
        code="attendance", name="出勤率", metric="recorded", params=params
    )
    item = make_item(indicator="attendance", params=params,
                     rule_params={"direction": "up", "target": "95"})  # fmt: skip
    original = make_draft(content=make_content(department, items=[item]), key="first")
    text = version_yaml(fresh(original.pk))
    services.discard(original.pk, lock=original.lock, by=None)
    own.delete()

    imported = services.import_scheme(text, by=None, at=NOW)

    assert imported.indicators == ("attendance",)
    assert Indicator.objects.get(code="attendance").name == "出勤率"


@pytest.mark.django_db
def test_a_supervisor_imports_for_their_own_departments_only(department: Department) -> None:
    boss = make_person("supervisor")
    mine = make_department("mine")
    make_employee(department=mine, supervisor=boss.employee)
    content = make_content(department, mine)
    text = version_yaml(fresh(make_draft(content=content, key="first").pk))

    imported = services.import_scheme(text, key="second", by=boss, at=NOW)

    assert imported.left_out == ("online",)
    assert content_of(fresh(imported.version.pk)).coverage == ((mine.pk, None),)


WRONG: list[tuple[str, str, str, int]] = [
    ("weight: '60.00'", "weight: sixty", "items[0].weight", 0),
    ("rule: linear", "rule: magic", "items[0].rule", 0),
    ("department: online", "department: nowhere", "coverage[0].department", 0),
    ("indicator: frt_mean", "indicator: gone", "items[0].indicator", 0),
    ("weights_total: '100.00'", "weights_total: '99.99'", "weights_total", 0),
    ("maximum: '100.00'", "maximum: '999'", "maximum", 0),
    ("rollup: recompute", "rollup: never", "rollup", 0),
    ("min_days: 10", "min_days: ten", "min_days", 0),
    ("min_sample: 10", "min_sample: -1", "items[0].min_sample", 0),
    ("cycle: month", "cycle: month\ncycle: year", "cycle", 1),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "where", "later"), WRONG)
def test_a_mistake_names_line_and_field(
    client: Client, department: Department, old: str, new: str, where: str, later: int
) -> None:
    items = [make_item("60"), make_item("40")]
    text = version_yaml(fresh(make_draft(content=make_content(department, items=items)).pk))
    line = text[: text.index(old)].count("\n") + 1 + later
    client.force_login(make_user("hr"))

    response = client.post(
        reverse("appraisal:scheme_import"), {"text": text.replace(old, new, 1), "key": "copy"}
    )

    assert response.status_code == 422
    places = {(each.where, each.line) for each in response.context["problems"]}
    assert (where, line) in places
    assert not Scheme.objects.filter(key="copy").exists()


@pytest.mark.parametrize(
    "text",
    ["", "- a\n- b", "key: [", "a: &x [1]\nb: *x", "key: 1", "\x00", "key: !!python/none x"],
)
def test_what_is_no_scheme_is_refused(text: str) -> None:
    with pytest.raises(TemplateError) as refused:
        read(text)

    assert refused.value.problems


@pytest.mark.django_db
def test_the_page_imports_an_uploaded_file(client: Client, department: Department) -> None:
    text = version_yaml(fresh(make_draft(department, key="first").pk))
    client.force_login(make_user("hr"))

    response = client.post(reverse("appraisal:scheme_import"), {"text": text, "key": "second"})

    assert response.headers["Location"] == reverse("appraisal:scheme_version", args=["second", 1])
