"""Drafts: created, saved against the lock, begun anew, discarded."""

from dataclasses import replace
from decimal import Decimal

import pytest

from appraisal.models import Scheme, SchemeVersion
from appraisal.schemes import services
from appraisal.schemes.content import content_of, scaled
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.tests.factories import (
    NOW,
    make_active,
    make_content,
    make_draft,
    make_item,
    make_submitted,
)
from appraisal.templates_catalogue import library
from kpi_portal.audit.models import Event
from kpi_portal.people.models import Department, User
from kpi_portal.people.services.changes import Invalid

pytestmark = pytest.mark.django_db


def test_what_is_saved_comes_back_equal(department: Department, hr: User) -> None:
    draft = make_draft(department, by=hr)
    content = make_content(
        department,
        items=[
            make_item("60.00", params={"channel": "chat"}, missing_policy="full", min_sample=3),
            make_item("40.00", indicator="fcr", rule="threshold",
                      rule_params={"direction": "up", "target": "85"}),
        ],
        maximum=Decimal("120.00"),
        note="说明",
    )  # fmt: skip

    services.save_draft(draft.pk, content, lock=0, by=hr, at=NOW)

    assert content_of(fresh(draft.pk)) == content


def test_the_second_of_two_saves_changes_nothing(department: Department, hr: User) -> None:
    draft = make_draft(department, by=hr)
    mine = make_content(department, items=[make_item("70.00")])
    theirs = make_content(department, items=[make_item("30.00")])

    services.save_draft(draft.pk, mine, lock=0, by=hr, at=NOW)
    with pytest.raises(services.DraftChanged):
        services.save_draft(draft.pk, theirs, lock=0, by=hr, at=NOW)

    assert content_of(fresh(draft.pk)) == mine


def test_a_save_enters_the_trail_with_what_was_and_what_is(
    department: Department, hr: User
) -> None:
    draft = make_draft(department, by=hr)

    services.save_draft(
        draft.pk, make_content(department, items=[make_item("55.00")]), lock=0, by=hr, at=NOW
    )

    event = Event.objects.filter(act="scheme.draft_saved").get()
    assert (event.before["weights_total"], event.after["weights_total"]) == ("100.00", "55.00")
    assert "bands" not in event.after


def test_a_rejected_version_is_a_draft_again_when_saved(
    department: Department, hr: User, committee: User
) -> None:
    version = make_submitted(department, by=hr)
    services.reject(version.pk, reason="权重过高", by=committee, at=NOW)
    version.refresh_from_db()

    services.save_draft(version.pk, content_of(version), lock=version.lock, by=hr, at=NOW)

    assert SchemeVersion.objects.get(pk=version.pk).state == "draft"


def test_only_drafts_can_be_saved(department: Department, hr: User) -> None:
    version = make_submitted(department, by=hr)

    with pytest.raises(services.NotADraft):
        services.save_draft(version.pk, content_of(version), lock=version.lock, by=hr, at=NOW)


def test_the_next_version_begins_with_what_is_in_force(department: Department, hr: User) -> None:
    version = make_active(department)

    draft = services.new_draft(version, by=hr, at=NOW)

    assert draft.number == 2
    assert content_of(draft) == content_of(version)


def test_a_scheme_has_one_version_in_preparation(department: Department, hr: User) -> None:
    version = make_active(department)
    services.new_draft(version, by=hr, at=NOW)

    with pytest.raises(services.DraftExists):
        services.new_draft(version, by=hr, at=NOW)


def test_a_discarded_first_draft_takes_the_scheme_along(department: Department, hr: User) -> None:
    draft = make_draft(department, by=hr)

    services.discard(draft.pk, lock=0, by=hr)

    assert not Scheme.objects.exists()


def test_a_discarded_next_draft_leaves_the_version_in_force(
    department: Department, hr: User
) -> None:
    version = make_active(department)
    draft = services.new_draft(version, by=hr, at=NOW)

    services.discard(draft.pk, lock=0, by=hr)

    assert [each.pk for each in version.scheme.versions.all()] == [version.pk]


def test_a_key_belongs_to_one_scheme(department: Department, hr: User) -> None:
    make_draft(department, key="same")

    with pytest.raises(Invalid):
        make_draft(department, key="same")


def test_a_template_arrives_as_published_or_scaled(department: Department, hr: User) -> None:
    coverage = ((department.pk, None),)

    published = services.create_from_template(
        "complaints", cycle="month", coverage=coverage, by=hr, at=NOW
    )
    content = content_of(published)

    assert content.total == Decimal("110.00")
    assert [str(item.weight) for item in scaled(content).items] == [
        "18.18", "13.64", "22.73", "18.18", "9.09", "9.09", "9.09",
    ]  # fmt: skip
    assert (published.min_days, published.maximum) == (10, Decimal("120.00"))


def test_a_clone_covers_nobody_yet(department: Department, hr: User) -> None:
    source = make_active(department)

    clone = services.clone_scheme(
        fresh(source.pk), key="copy", names={"zh-hans": "副本"}, by=hr, at=NOW
    )

    assert content_of(clone) == replace(content_of(source), coverage=())


def test_a_whole_department_swallows_its_positions(department: Department, hr: User) -> None:
    from kpi_portal.people.tests.factories import make_position

    position = make_position("chat")
    content = make_content(
        department, coverage=((department.pk, position.pk), (department.pk, None))
    )

    draft = make_draft(content=content)

    assert content_of(draft).coverage == ((department.pk, None),)


def test_the_library_is_filled_once_and_left_alone_afterwards(db: None) -> None:
    created = services.seed_indicators()
    indicator = created[0]
    indicator.name = "自定义"
    services.save_indicator(indicator, by=None)

    again = services.seed_indicators()

    indicator.refresh_from_db()
    assert len(created) == len(library())
    assert again == [] and indicator.name == "自定义"
