"""The pages of schemes: who gets in, reading, submission, decision."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import SchemeVersion
from appraisal.schemes import queries, services
from appraisal.schemes.content import content_of
from appraisal.schemes.services.drafts import fresh
from appraisal.schemes.tests.factories import (
    NOW,
    make_active,
    make_complaints,
    make_content,
    make_draft,
    make_item,
    make_submitted,
)
from appraisal.schemes.tests.pages import at
from appraisal.templates_catalogue.loader import read
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(department: Department) -> SchemeVersion:
    items = [make_item("60.00"), make_item("50.00", params={"channel": "chat"})]
    return make_draft(content=make_content(department, items=items), by=make_user("hr"))


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("scheme_version", "outsider", 404),
        ("scheme_version", "committee", 404),
        ("scheme_version", "supervisor", 200),
        ("scheme_version", "auditor", 200),
        ("scheme_edit", "outsider", 404),
        ("scheme_edit", "other_supervisor", 404),
        ("scheme_edit", "auditor", 403),
        ("scheme_edit", "supervisor", 200),
        ("scheme_edit", "hr", 200),
        ("scheme_submit", "auditor", 403),
        ("scheme_submit", "hr", 200),
        ("scheme_decide", "hr", 403),
        ("scheme_decide", "outsider", 404),
        ("scheme_file", "hr", 200),
        ("scheme_file", "outsider", 404),
    ],
)
def test_pages_of_a_draft(
    request: pytest.FixtureRequest,
    client: Client,
    draft: SchemeVersion,
    agent: User,
    name: str,
    who: str,
    status: int,
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get(at(name, draft)).status_code == status


@pytest.mark.parametrize(
    "name", ["scheme_version", "scheme_edit", "scheme_submit", "scheme_decide", "scheme_file"]
)
def test_the_anonymous_are_sent_to_sign_in(
    client: Client, draft: SchemeVersion, name: str
) -> None:
    response = client.get(at(name, draft))

    assert response.status_code == 302
    assert "/accounts/login/" in response.headers["Location"]


def test_the_agent_reads_the_scheme_in_words(
    client: Client, department: Department, agent: User
) -> None:
    version = make_complaints(department)
    client.force_login(agent)

    page = client.get(at("scheme_version", version)).content.decode()

    assert "18.18" in page and "22.73" in page and "100.00" in page
    assert reverse("appraisal:scheme_confirm", args=["x", 1]).split("/x/")[1] in page
    assert "scheme_edit" not in page and at("scheme_edit", version) not in page


def test_a_new_scheme_from_the_template_says_that_it_totals_110(
    client: Client, department: Department, hr: User
) -> None:
    client.force_login(hr)
    url = reverse("appraisal:scheme_new")
    page = client.get(url).content.decode()
    data = {
        "template": "template:complaints", "cycle": "month", "name": "客诉", "key": "complaints",
        "departments": [str(department.pk)],
    }  # fmt: skip

    response = client.post(url, data)

    assert "110.00" in page and "18.18" in page
    assert response.status_code == 303
    version = SchemeVersion.objects.get()
    assert content_of(fresh(version.pk)).total == Decimal("110.00")


def test_submission_is_refused_until_the_weights_total_100(
    client: Client, draft: SchemeVersion, hr: User
) -> None:
    client.force_login(hr)
    start = re.findall(
        r'<option value="(\d{4}-\d\d-\d\d)"',
        client.get(at("scheme_submit", draft)).content.decode(),
    )[0]

    response = client.post(
        at("scheme_submit", draft), {"start": start, "reason": "因", "lock": draft.lock}
    )

    assert response.status_code == 422 and "110.00" in response.content.decode()
    assert SchemeVersion.objects.get(pk=draft.pk).state == "draft"


def test_the_committee_approves_with_the_changes_before_its_eyes(
    client: Client, department: Department, hr: User, committee: User
) -> None:
    version = make_submitted(department, by=hr)
    client.force_login(committee)
    page = client.get(at("scheme_decide", version))

    response = client.post(at("scheme_decide", version), {"reason": "同意", "decision": "approve"})

    assert page.status_code == 200
    assert response.status_code == 303
    assert SchemeVersion.objects.get(pk=version.pk).decided_by == committee


def test_the_writer_on_the_committee_is_refused(client: Client, department: Department) -> None:
    both = make_user("committee", "hr")
    version = make_submitted(department, by=both)
    client.force_login(both)

    response = client.post(at("scheme_decide", version), {"reason": "x", "decision": "approve"})

    assert response.status_code == 403
    assert SchemeVersion.objects.get(pk=version.pk).state == "submitted"


def test_the_file_is_read_by_the_loader(client: Client, department: Department, hr: User) -> None:
    version = make_complaints(department)
    client.force_login(hr)

    response = client.get(at("scheme_file", version))

    found = read(response.content.decode())
    assert found.weights_total == Decimal("100.00")
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_two_versions_are_compared_item_by_item(
    client: Client, department: Department, hr: User
) -> None:
    first = make_active(department)
    draft = services.new_draft(first, by=hr, at=NOW)
    rule_params = {"direction": "up", "target": "300"}
    items = [make_item("40.00"), make_item("60.00", indicator="volume", rule_params=rule_params)]
    services.save_draft(draft.pk, make_content(department, items=items), lock=0, by=hr, at=NOW)
    client.force_login(hr)

    page = client.get(at("scheme_compare", draft, 1)).content.decode()

    assert "100.00" in page and "40.00" in page and "−60.00" in page


def test_confirming_is_for_whom_it_concerns(
    client: Client, department: Department, agent: User, hr: User
) -> None:
    version = make_active(department)

    def answer(user: User) -> int:
        client.force_login(user)
        return client.post(at("scheme_confirm", version)).status_code

    assert answer(agent) == 303
    assert answer(hr) == 403


def test_the_list_shows_only_what_may_be_seen(
    client: Client, department: Department, agent: User, outsider: User
) -> None:
    make_active(department, key="mine")

    def page(user: User) -> str:
        client.force_login(user)
        return client.get(reverse("appraisal:schemes")).content.decode()

    assert "/schemes/mine/v1/" in page(agent)
    assert "/schemes/mine/" not in page(outsider)


def test_the_short_address_leads_to_the_version_in_force(
    client: Client, department: Department, hr: User
) -> None:
    make_active(department, key="mine")
    client.force_login(hr)

    response = client.get(reverse("appraisal:scheme_newest", args=["mine"]))

    assert response.headers["Location"] == "/schemes/mine/v1/"


def test_search_finds_by_name_and_key_what_may_be_seen(
    department: Department, hr: User, outsider: User
) -> None:
    make_active(department, key="mine")

    assert [hit.url for hit in queries.search(hr, "min")] == ["/schemes/mine/v1/"]
    assert queries.search(outsider, "min") == []
