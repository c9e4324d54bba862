"""The indicator library in the admin: for administrators, checked, recorded."""

import pytest
import tablib  # type: ignore[import-untyped]
from django.test import Client
from django.urls import reverse

from appraisal.models import Indicator
from appraisal.resources import IndicatorResource
from appraisal.schemes import services
from kpi_portal.audit.models import Event
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db

NEW = {
    "code": "hotline_frt",
    "name": "热线响应时间",
    "metric": "frt_mean",
    "params": '{"channel": "hotline"}',
    "category": "timeliness",
    "is_active": "on",
}


def test_an_administrator_adds_an_indicator_and_it_is_recorded(
    client: Client, admin_user: User
) -> None:
    client.force_login(admin_user)

    response = client.post(reverse("admin:appraisal_indicator_add"), NEW)

    assert response.status_code == 302
    indicator = Indicator.objects.get(code="hotline_frt")
    assert indicator.params == {"channel": "hotline"}
    event = Event.objects.get(act="indicator.created")
    assert (event.actor, event.after["metric"]) == (admin_user, "frt_mean")


def test_what_only_hr_may_do_is_not_for_the_admin_pages(client: Client, hr: User) -> None:
    client.force_login(hr)

    assert client.get(reverse("admin:appraisal_indicator_changelist")).status_code != 200


@pytest.mark.parametrize("params", ['{"colour": "red"}', '{"channel": "pigeon"}', "[]"])
def test_parameters_that_the_metric_does_not_know_are_refused(
    db: None, admin_user: User, params: str
) -> None:

    table = tablib.Dataset(headers=["code", "name", "metric", "params", "is_active"])
    table.append(["x", "名", "frt_mean", params, "1"])

    result = IndicatorResource().import_data(table, user=admin_user)

    assert result.has_errors() or result.has_validation_errors()
    assert not Indicator.objects.filter(code="x").exists()


def test_an_import_changes_and_records(db: None, admin_user: User) -> None:
    services.seed_indicators()
    resource = IndicatorResource()
    table = resource.export(Indicator.objects.filter(code="fcr"))
    changed = table.dict
    changed[0]["target"] = "88"
    table.dict = changed

    result = resource.import_data(table, user=admin_user)

    assert [row.error for row in result.invalid_rows] == []
    assert Indicator.objects.get(code="fcr").target == 88
    assert Event.objects.filter(act="indicator.changed", actor=admin_user).count() == 1
