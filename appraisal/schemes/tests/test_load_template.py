"""The command `load_template`: shapes, exit codes, running twice."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appraisal.models import Scheme, SchemeVersion
from appraisal.schemes.tests.factories import make_active
from kpi_portal.audit.models import Event
from kpi_portal.people.models import Department

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> list[dict[str, Any]]:
    output = StringIO()
    call_command("load_template", *arguments, "--json", stdout=output)
    document: dict[str, list[dict[str, Any]]] = json.loads(output.getvalue())
    return document["schemes"]


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        load(*arguments)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_it_loads_all_cycles_and_departments_as_published(department: Department) -> None:
    schemes = load("complaints")

    assert [each["scheme"] for each in schemes] == [
        "complaints", "complaints-quarter", "complaints-year",
    ]  # fmt: skip
    assert {each["weights_total"] for each in schemes} == {"110.00"}
    assert {each["state"] for each in schemes} == {"draft"}
    assert set(schemes[0]["departments"]) == {"online", "未分配"}


def test_it_scales_and_activates(department: Department) -> None:
    schemes = load("complaints", "--scale", "--activate-from", "2026-05")

    assert {each["state"] for each in schemes} == {"active"}
    assert [each["effective_from"] for each in schemes] == [
        "2026-05-01", "2026-04-01", "2026-01-01",
    ]  # fmt: skip
    version = SchemeVersion.objects.get(scheme__key="complaints")
    assert version.approved_on_command_by and version.decided_by is None
    event = Event.objects.filter(act="scheme.approved").first()
    assert event is not None and event.actor_name == version.approved_on_command_by


def test_running_twice_says_what_already_stands(department: Department) -> None:
    load("complaints", "--scale", "--activate-from", "2026-05")

    again = load("complaints", "--scale", "--activate-from", "2026-05")

    assert {tuple(each["done"]) for each in again} == {("unchanged",)}
    assert SchemeVersion.objects.count() == 3


def test_a_draft_loaded_before_can_be_scaled_and_activated_later(department: Department) -> None:
    load("complaints", "--cycle", "month")

    schemes = load("complaints", "--cycle", "month", "--scale", "--activate-from", "2026-05")

    assert schemes[0]["done"] == ["changed", "activated"]
    assert schemes[0]["weights_total"] == "100.00"


def test_activation_without_scaling_is_refused_and_leaves_nothing(department: Department) -> None:
    assert "110.00" in refusal("complaints", "--activate-from", "2026-05")
    assert not Scheme.objects.exists()


def test_an_overlap_is_refused_by_name(department: Department) -> None:
    make_active(department, key="other")

    assert "other" in refusal("complaints", "--scale", "--activate-from", "2026-10")


def test_only_the_departments_named_are_covered(
    department: Department, other_department: Department
) -> None:
    schemes = load("complaints", "--department", "online", "--cycle", "quarter")

    assert schemes[0]["departments"] == ["online"]
    assert schemes[0]["scheme"] == "complaints-quarter"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("complaints", "--department", "nowhere"),
        ("complaints", "--scale", "--activate-from", "2026-13"),
    ],
)
def test_wrong_arguments_are_refused(department: Department, arguments: tuple[str, ...]) -> None:
    refusal(*arguments)


def test_another_start_is_no_silent_change(department: Department) -> None:
    load("complaints", "--scale", "--activate-from", "2026-05")

    assert "2026-05-01" in refusal("complaints", "--scale", "--activate-from", "2026-07")
