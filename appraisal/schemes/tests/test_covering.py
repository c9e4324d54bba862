"""Which version counts for whom on which day."""

from datetime import date

import pytest

from appraisal.models import SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.covering import changes, covering, version_for, versions_between
from appraisal.schemes.guard import NotReady
from appraisal.schemes.tests.factories import NOW, make_active, make_content, make_draft
from kpi_portal.people.models import Position
from kpi_portal.people.tests.factories import make_department, make_employee

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER, JANUARY = date(2026, 10, 1), date(2026, 11, 1), date(2027, 1, 1)


def _next_version(version: SchemeVersion, start: date) -> SchemeVersion:
    draft = services.new_draft(version, by=None, at=NOW)
    return services.activate_by_command(draft.pk, start=start, system_user="test", at=NOW)


def test_newcomers_have_their_own_version_before_the_general_one() -> None:
    department = make_department()
    general = make_active(department)
    protected = make_active(content=make_content(department, newcomer_months=3))

    covers = covering("month", OCTOBER)

    assert covers.version_for(department.pk, None, date(2026, 7, 2)) == protected
    assert covers.version_for(department.pk, None, date(2026, 10, 20)) == protected
    assert covers.version_for(department.pk, None, date(2026, 7, 1)) == general
    assert covers.version_for(department.pk, None) == general


def test_the_last_day_of_a_short_month_ends_the_protection() -> None:
    department = make_department()
    make_active(department)
    make_active(content=make_content(department, newcomer_months=1), start=NOVEMBER)

    covers = covering("month", date(2027, 3, 1))

    assert covers.version_for(department.pk, None, date(2027, 1, 31)).newcomer_months is None  # type: ignore[union-attr]
    assert covers.version_for(department.pk, None, date(2027, 2, 2)).newcomer_months == 1  # type: ignore[union-attr]


def test_a_position_goes_before_its_department() -> None:
    department, position = make_department(), Position.objects.create(code="P1", name="专员")
    other = Position.objects.create(code="P2", name="主管")
    one = make_active(content=make_content(coverage=((department.pk, position.pk),)))

    assert version_for(department.pk, position.pk, "month", OCTOBER) == one
    assert version_for(department.pk, other.pk, "month", OCTOBER) is None


def test_a_department_and_its_people_have_schemes_of_their_own() -> None:
    department = make_department()
    people = make_active(department)
    team = make_active(department, subject="department")

    assert covering("month", OCTOBER).version_for(department.pk, None) == people
    whole = covering("month", OCTOBER, subject="department")
    assert whole.version_for(department.pk, None) == team


def test_two_newcomer_schemes_for_the_same_people_are_refused() -> None:
    department = make_department()
    make_active(content=make_content(department, newcomer_months=3))

    with pytest.raises(NotReady) as refused:
        make_active(content=make_content(department, newcomer_months=6))

    assert "coverage" in refused.value.fields


def test_a_change_inside_a_quarter_splits_it() -> None:
    department = make_department()
    first = make_active(department, cycle="quarter")
    second = _next_version(first, NOVEMBER)

    found = versions_between("quarter", OCTOBER, JANUARY).stretches(department.pk, None)

    assert changes("quarter", OCTOBER, JANUARY) == [NOVEMBER]
    assert [(each.start, each.end, each.version) for each in found] == [
        (OCTOBER, NOVEMBER, first),
        (NOVEMBER, JANUARY, second),
    ]


def test_days_without_a_version_are_a_stretch_of_their_own() -> None:
    department = make_department()
    only = make_active(department, cycle="quarter", start=NOVEMBER)

    found = versions_between("quarter", OCTOBER, JANUARY).stretches(department.pk, None)

    assert [(each.start, each.version) for each in found] == [(OCTOBER, None), (NOVEMBER, only)]


def test_a_change_for_others_does_not_split_ones_own_stretch() -> None:
    mine, theirs = make_department(), make_department()
    version = make_active(mine, cycle="quarter")
    _next_version(make_active(theirs, cycle="quarter"), NOVEMBER)

    timeline = versions_between("quarter", OCTOBER, JANUARY)

    assert len(timeline.parts) == 2
    assert [each.version for each in timeline.stretches(mine.pk, None)] == [version]
    assert timeline.on(date(2026, 12, 3)).day == NOVEMBER


def test_a_version_that_never_counted_changes_nothing() -> None:
    department = make_department()
    first = make_active(department, cycle="quarter")
    _next_version(_next_version(first, NOVEMBER), OCTOBER)

    assert changes("quarter", OCTOBER, JANUARY) == []
    assert len(versions_between("quarter", OCTOBER, JANUARY).parts) == 1


def test_the_statements_do_not_grow_with_the_versions(
    django_assert_num_queries: object,
) -> None:
    for _number in range(3):
        _next_version(make_active(make_department(), cycle="quarter"), NOVEMBER)

    with django_assert_num_queries(3):  # type: ignore[operator]
        versions_between("quarter", OCTOBER, JANUARY)


def test_a_quarter_scheme_begins_with_any_month() -> None:
    version = make_active(make_department(), cycle="quarter", start=NOVEMBER)

    assert version.effective_from == NOVEMBER


def test_a_quarter_scheme_does_not_begin_inside_a_month() -> None:
    draft = make_draft(make_department(), cycle="quarter")

    with pytest.raises(NotReady) as refused:
        services.activate_by_command(draft.pk, start=date(2026, 11, 2), system_user="test", at=NOW)

    assert "effective_from" in refused.value.fields


def test_only_newcomers_are_told_of_a_newcomers_version() -> None:
    department = make_department()
    new = make_employee(department=department, hired_on=date(2026, 9, 1))
    make_employee(department=department, hired_on=date(2020, 1, 1))

    version = make_active(content=make_content(department, newcomer_months=3))

    assert [each.employee for each in version.notices.all()] == [new]
