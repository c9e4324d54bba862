"""The pages of the indicator library: in words, created, edited, formulas checked."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.indicators.distribution import distribution, quantile, spread
from appraisal.models import Indicator, Period
from appraisal.schemes import services
from appraisal.schemes.tests.factories import make_active
from appraisal.tests.factories import (
    make_active_version,
    make_period,
    make_work,
    publish,
    run,
)
from kpi_portal.people.models import User
from kpi_portal.people.services.changes import Invalid
from kpi_portal.people.tests.factories import make_department, make_employee, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> User:
    services.seed_indicators()
    return make_user("hr")


def page(client: Client, user: User, name: str, *args: object, **query: str) -> str:
    client.force_login(user)
    return client.get(reverse(f"appraisal:{name}", args=args), query).content.decode()


def test_every_indicator_has_its_page(client: Client, hr: User) -> None:
    client.force_login(hr)

    for each in Indicator.objects.all():
        response = client.get(reverse("appraisal:indicator", args=[each.code]))
        assert response.status_code == 200, each.code
        assert each.name in response.content.decode()


def test_the_list_is_narrowed_by_words_category_and_policy(client: Client, hr: User) -> None:
    assert "frt_median" in page(client, hr, "indicators", q="中位数")
    assert "frt_median" not in page(client, hr, "indicators", policy="complaints")
    assert "nps" not in page(client, hr, "indicators", category="timeliness")


def test_the_list_costs_the_same_however_long(
    client: Client, hr: User, django_assert_max_num_queries: object
) -> None:
    client.force_login(hr)

    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(reverse("appraisal:indicators"))


def test_a_page_says_which_schemes_in_force_use_it(client: Client, hr: User) -> None:
    make_active(make_department(), start=date(2020, 1, 1), key="used")

    text = page(client, hr, "indicator", "frt_mean")

    assert reverse("appraisal:scheme_version", args=["used", 1]) in text


def test_names_fall_back_to_simplified_chinese(hr: User) -> None:
    indicator = Indicator.objects.get(code="nps")
    indicator.name_en = ""

    assert indicator.label == "净推荐值"


def test_hr_creates_a_formula(client: Client, hr: User) -> None:
    client.force_login(hr)
    url = reverse("appraisal:indicator_new") + "?metric=formula"
    data = {
        "code": "balance",
        "name": "平衡分",
        "is_active": "on",
        "param-expression": "resolution - 0.5 * escalation",
        "param-unit": "percent",
    }

    response = client.post(url, data)

    assert response.status_code == 303
    stored = Indicator.objects.get(code="balance")
    assert stored.params["expression"] == "resolution - 0.5 * escalation"


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("resolution +", "13"),
        ("resolution + nothing_like_it", "14"),
        ("1 + loop", "5"),
        ("frt_mean + resolution", "10"),
    ],
)
def test_a_wrong_formula_is_refused_at_its_character(
    client: Client, hr: User, expression: str, column: str
) -> None:
    client.force_login(hr)
    url = reverse("appraisal:indicator_new") + "?metric=formula"
    data = {"code": "loop", "name": "环", "param-expression": expression, "param-unit": "percent"}

    response = client.post(url, data)

    assert response.status_code == 422
    (sentence,) = response.context["form"].errors["param-expression"]
    assert column in sentence
    check = client.post(reverse("appraisal:indicator_check"), data).content.decode()
    assert "<mark>" in check
    assert not Indicator.objects.filter(code="loop").exists()


def test_a_formula_that_leads_back_through_another_is_refused(client: Client, hr: User) -> None:
    one = Indicator(
        code="one",
        name="一",
        metric="formula",
        params={"expression": "fcr * 2", "unit": "percent"},
    )
    services.save_indicator(one, by=None)
    two = Indicator(
        code="two",
        name="二",
        metric="formula",
        params={"expression": "one * 2", "unit": "percent"},
    )
    services.save_indicator(two, by=None)
    client.force_login(hr)

    response = client.post(
        reverse("appraisal:indicator_edit", args=["one"]),
        {"name": "一", "param-expression": "two + 1", "param-unit": "percent"},
    )

    assert response.status_code == 422
    assert "one → two → one" in response.content.decode()


def test_a_recorded_indicator_needs_its_item(client: Client, hr: User) -> None:
    client.force_login(hr)
    url = reverse("appraisal:indicator_new") + "?metric=recorded"

    refused = client.post(url, {"code": "attendance", "name": "出勤率"})
    stored = client.post(url, {"code": "attendance", "name": "出勤率", "param-item": "attendance"})

    assert refused.status_code == 422
    assert "param-item" in refused.context["form"].errors
    assert stored.status_code == 303


def test_the_code_stays_and_the_rest_can_be_changed(client: Client, hr: User) -> None:
    client.force_login(hr)
    url = reverse("appraisal:indicator_edit", args=["frt_within"])

    response = client.post(
        url, {"code": "other", "name": "及时率", "param-threshold": "120", "is_active": "on"}
    )

    assert response.status_code == 303
    stored = Indicator.objects.get(code="frt_within")
    assert (stored.name, stored.params) == ("及时率", {"threshold": "120"})


def test_the_metric_of_an_indicator_in_use_stays(hr: User) -> None:
    make_active(make_department())
    indicator = Indicator.objects.get(code="frt_mean")
    indicator.metric = "frt_median"

    with pytest.raises(Invalid) as refused:
        services.save_indicator(indicator, by=None)

    assert "metric" in refused.value.fields


def test_quartiles_lie_between_neighbours() -> None:
    values = [Decimal(each) for each in (1, 2, 3, 4)]

    assert [quantile(values, Decimal(n) / 4) for n in (1, 2, 3)] == [
        Decimal("1.75"),
        Decimal("2.5"),
        Decimal("3.25"),
    ]


def test_every_value_stands_in_one_bar() -> None:
    values = sorted(Decimal(each * each) for each in range(40))

    found = spread(Period(code="2026-10"), values, 3, "s")

    assert sum(bar.people for bar in found.bars) == 40
    assert (found.people, found.without) == (40, 3)


def test_equal_values_are_drawn_too() -> None:
    found = spread(Period(code="2026-10"), [Decimal(90)] * 6, 0, "percent")

    assert found.median == "90 %"


@pytest.mark.parametrize(("people", "is_shown"), [(4, False), (5, True)])
def test_values_are_shown_from_five_people_on(people: int, is_shown: bool) -> None:
    department = make_department()
    make_active_version(department)
    for number in range(people):
        make_work(make_employee(department=department), frt=30 + 10 * number)
    period = make_period()
    run(period)
    publish(period)
    indicator = Indicator.objects.get(code="frt_mean")

    found = distribution(indicator, make_user("hr"))

    assert (found is not None) == is_shown
    assert distribution(indicator, make_user("admin")) is None


def test_agents_do_not_see_values(client: Client, hr: User) -> None:
    agent = make_user("agent", employee=make_employee(department=make_department()))

    assert "spread-bar" not in page(client, agent, "indicator", "frt_mean")
