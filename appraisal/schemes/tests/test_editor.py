"""The editor: every button without JavaScript, mistakes at their fields, conflicts."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.content import content_of
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.tests.factories import (
    NOW,
    make_content,
    make_draft,
    make_item,
)
from appraisal.schemes.tests.pages import at, form_of
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(department: Department) -> SchemeVersion:
    items = [make_item("60.00"), make_item("50.00", params={"channel": "chat"})]
    return make_draft(content=make_content(department, items=items), by=make_user("hr"))


def test_recalculating_stores_nothing(client: Client, draft: SchemeVersion, hr: User) -> None:
    client.force_login(hr)

    data = form_of(draft, **{"act": "recalculate", "items-0-weight": "30"})
    page = client.post(at("scheme_edit", draft), data)

    assert page.status_code == 200 and "80.00" in page.content.decode()
    assert content_of(fresh(draft.pk)).total == Decimal("110.00")


def test_scaling_gives_exactly_100_before_anything_is_saved(
    client: Client, draft: SchemeVersion, hr: User
) -> None:
    client.force_login(hr)

    page = client.post(at("scheme_edit", draft), form_of(draft, act="scale")).content.decode()

    assert 'value="54.55"' in page and 'value="45.45"' in page
    assert content_of(fresh(draft.pk)).total == Decimal("110.00")


@pytest.mark.parametrize(
    ("act", "weights"),
    [
        ("up:1", ["50.00", "60.00"]),
        ("down:0", ["50.00", "60.00"]),
        ("up:0", ["60.00", "50.00"]),
        ("remove:0", ["50.00"]),
        ("plus:0", ["60.50", "50.00"]),
        ("minus:1", ["60.00", "49.50"]),
        ("remove:99", ["60.00", "50.00"]),
        ("plus:x", ["60.00", "50.00"]),
    ],
)
def test_every_button_works_without_javascript(
    client: Client, draft: SchemeVersion, hr: User, act: str, weights: list[str]
) -> None:
    client.force_login(hr)

    page = client.post(at("scheme_edit", draft), form_of(draft, act=act)).content.decode()

    fields = re.findall(r"<input[^>]*data-weight[^>]*>", page)
    assert [re.findall(r'value="([^"]*)"', field)[0] for field in fields] == weights


def test_an_indicator_is_added_from_the_library(
    client: Client, draft: SchemeVersion, hr: User
) -> None:
    client.force_login(hr)
    data = form_of(draft, **{"act": "add", "add-indicator": "fcr"})

    page = client.post(at("scheme_edit", draft), data).content.decode()

    assert 'name="items-2-indicator" value="fcr"' in page


def test_saving_stores_and_goes_on(client: Client, draft: SchemeVersion, hr: User) -> None:
    client.force_login(hr)
    data = form_of(draft, **{"act": "save", "items-0-weight": "50"})

    response = client.post(at("scheme_edit", draft), data)

    assert response.status_code == 303
    stored = content_of(fresh(draft.pk))
    assert stored.total == Decimal("100.00")
    assert stored.items[1].params == {}
    assert stored.items[0].rule_params == {"direction": "down", "target": "60"}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("items-0-weight", "abc", "items-0-weight"),
        ("items-0-weight", "100.001", "items-0-weight"),
        ("items-0-rule-target", "sixty", "items-0-rule-target"),
        ("items-0-rule-target", "-5", "items-0-rule-zero_at"),
        ("bands-0-lower", "x", "bands-0-lower"),
        ("bands-1-lower", "95", "bands-"),
        ("settings-maximum", "500", "settings-maximum"),
        ("items-0-min_sample", "-1", "items-0-min_sample"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_is_saved(
    client: Client, draft: SchemeVersion, hr: User, field: str, text: str, said: str
) -> None:
    client.force_login(hr)
    before = content_of(fresh(draft.pk))

    response = client.post(
        at("scheme_edit", draft), form_of(draft, **{"act": "save", field: text})
    )

    page = response.content.decode()
    if field == "bands-1-lower":  # sorted anew: 95 is now the best band
        assert response.status_code == 303
        return
    assert response.status_code == 422
    assert f'href="#id_{said}' in page
    assert content_of(fresh(draft.pk)) == before


def test_the_second_to_save_sees_both_versions(
    client: Client, draft: SchemeVersion, hr: User
) -> None:
    client.force_login(hr)
    mine = form_of(draft, **{"act": "save", "items-0-weight": "41.23"})
    theirs = make_content(items=[make_item("77.77")])
    services.save_draft(draft.pk, theirs, lock=0, by=make_user("hr"), at=NOW)

    response = client.post(at("scheme_edit", draft), mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert "41.23" in page and "77.77" in page
    assert content_of(fresh(draft.pk)) == theirs


def test_a_fragment_is_part_of_the_page(client: Client, draft: SchemeVersion, hr: User) -> None:
    client.force_login(hr)

    response = client.post(
        at("scheme_edit", draft), form_of(draft, act="up:1"), headers={"HX-Request": "true"}
    )

    assert response.content.decode().strip().startswith("<form")


@pytest.mark.parametrize(
    "rule", ["linear", "per_unit", "tiers", "threshold", "tolerance", "change"]
)
def test_every_rule_has_its_fields(
    client: Client, draft: SchemeVersion, hr: User, rule: str
) -> None:
    client.force_login(hr)
    data = form_of(draft, **{"items-0-rule": rule})

    page = client.post(at("scheme_item", draft) + "?row=0", data).content.decode()

    assert f'<option value="{rule}" selected>' in page
    assert 'id="item-words-0"' in page


def test_a_full_rule_is_drawn_and_said(client: Client, draft: SchemeVersion, hr: User) -> None:
    client.force_login(hr)

    url = at("scheme_item", draft) + "?row=0&part=words"
    page = client.post(url, form_of(draft)).content.decode()

    assert "<polyline" in page and "60" in page


def test_a_preview_of_a_row_that_is_not_there(
    client: Client, draft: SchemeVersion, hr: User
) -> None:
    client.force_login(hr)

    assert client.post(at("scheme_item", draft) + "?row=7", form_of(draft)).status_code == 404


def test_a_supervisor_cannot_take_another_department_along(
    client: Client, draft: SchemeVersion, agent: User, supervisor: User,
    department: Department, other_department: Department,
) -> None:  # fmt: skip
    client.force_login(supervisor)
    data = form_of(draft, act="save", coverage=[str(other_department.pk)])

    client.post(at("scheme_edit", draft), data)

    assert content_of(fresh(draft.pk)).coverage == ()
