"""The way of a file through the pages: upload, preview, check, import, result."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kpi_portal.jobs.models import Job
from kpi_portal.people.models import User
from tickets.importing import services
from tickets.importing.pipeline import TicketFacts
from tickets.importing.tests.factories import HEADER, ROW
from tickets.models import Import, Ticket

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def page(client: Client, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


def upload(client: Client, *rows: str, name: str = "十月.csv", header: str = HEADER) -> Import:
    data = ("\n".join([header, *rows]) + "\n").encode()
    response = client.post(
        reverse("tickets:imports"), {"kind": "tickets", "file": SimpleUploadedFile(name, data)}
    )
    assert response.status_code == 303
    return Import.objects.latest("pk")


def work(kept: Import) -> Import:
    """What the worker does with the job that waits."""
    job = Job.objects.get(state="queued", key=str(kept.pk))
    services.run(TicketFacts(), job.params["import"], job.params["mode"], NOW, lambda *_a: None)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=NOW)
    kept.refresh_from_db()
    return kept


def act(client: Client, kept: Import, name: str, **data: Any) -> Any:
    return client.post(reverse(f"tickets:{name}", args=[kept.pk]), data)


def choices(**changed: Any) -> dict[str, Any]:
    return {"kind": "tickets", "source": "desk", "create_agents": "on", **changed}


def shown(client: Client, kept: Import) -> str:
    response = client.get(reverse("tickets:import", args=[kept.pk]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_file_goes_all_the_way(page: Client) -> None:
    kept = upload(page, ROW, "T2,李伟,2026-13-02,")
    assert "2026-10-12 10:00:00" in shown(page, kept)
    assert not Ticket.objects.exists()

    act(page, kept, "import-plan", check="1", **choices())
    kept = work(kept)
    assert (kept.state, kept.created, kept.rejected) == ("checked", 1, 1)
    assert not Ticket.objects.exists()
    assert "2026-13-02" in shown(page, kept)

    act(page, kept, "import-start")
    kept = work(kept)
    assert (kept.state, kept.created, kept.rejected) == ("done", 1, 1)
    assert Ticket.objects.get().last_import_id == kept.pk
    response = page.get(reverse("tickets:tickets"), {"import": kept.pk})
    assert b"T1" in response.content


def test_the_rejected_rows_come_back_as_a_file_without_formulas(page: Client) -> None:
    kept = upload(page, "=1+1,李伟,2026-13-02,", ROW)
    act(page, kept, "import-plan", check="1", **choices())
    kept = work(kept)

    response = page.get(reverse("tickets:import-rejected", args=[kept.pk]))

    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert lines[0].startswith(HEADER)
    assert lines[1].startswith("'=1+1,李伟,2026-13-02,")
    assert "attachment" in response["Content-Disposition"]


def test_a_second_click_starts_nothing_twice(page: Client) -> None:
    kept = upload(page, ROW)
    act(page, kept, "import-plan", check="1", **choices())
    work(kept)

    first, second = act(page, kept, "import-start"), act(page, kept, "import-start")

    assert (first.status_code, second.status_code) == (303, 303)
    assert Job.objects.filter(key=str(kept.pk), state="queued").count() == 1


def test_an_unknown_product_needs_a_source_first(page: Client) -> None:
    kept = upload(page, ROW)

    act(page, kept, "import-check")

    assert not Job.objects.exists()


def test_a_column_can_be_changed(page: Client) -> None:
    kept = upload(page, "T1,李伟,2026-10-12,2026-10-13,甲", header=f"{HEADER},备注")

    act(page, kept, "import-plan", **choices(**{"column:category": "备注", "column:agent": ""}))

    kept.refresh_from_db()
    columns = kept.mapping["plan"]["columns"]
    assert columns["category"] == "备注" and "agent" not in columns


def test_a_wrong_file_is_kept_with_the_sentence(page: Client) -> None:
    kept = upload(page, ROW, header="这,不,是,表")

    assert (kept.state, bool(kept.error)) == ("failed", True)
    assert kept.error in shown(page, kept)


def test_an_empty_file_is_told_at_the_form(page: Client) -> None:
    response = page.post(
        reverse("tickets:imports"),
        {"kind": "tickets", "file": SimpleUploadedFile("a.csv", b"")},
    )

    assert response.status_code == 422
    assert not Import.objects.exists()


def test_the_same_bytes_are_recognised(page: Client) -> None:
    first = upload(page, ROW)
    act(page, first, "import-plan", check="1", **choices())
    work(first)
    act(page, first, "import-start")
    work(first)

    second = upload(page, ROW)

    earlier = services.earlier_import(second)
    assert earlier == first
    assert "SHA-256" in page.get(reverse("tickets:imports")).content.decode()


def test_an_import_that_has_ended_is_left_alone(page: Client) -> None:
    kept = upload(page, ROW)
    act(page, kept, "import-plan", check="1", **choices())
    work(kept)
    act(page, kept, "import-start")
    work(kept)

    act(page, kept, "import-plan", **choices(source="other"))
    act(page, kept, "import-start")

    kept.refresh_from_db()
    assert (kept.state, kept.source) == ("done", "desk")
    assert Job.objects.filter(key=str(kept.pk), state="queued").count() == 0


def test_who_may_not_import_has_no_import_page(client: Client, agent: User) -> None:
    client.force_login(agent)

    assert client.get(reverse("tickets:imports")).status_code == 403


@pytest.mark.parametrize("name", ["import", "import-rejected"])
def test_imports_do_not_exist_for_who_may_not_import(
    client: Client, page: Client, supervisor: User, name: str
) -> None:
    kept = upload(page, ROW)
    client.force_login(supervisor)

    assert client.get(reverse(f"tickets:{name}", args=[kept.pk])).status_code == 404


@pytest.mark.parametrize("name", ["import-plan", "import-check", "import-start"])
def test_who_may_not_import_starts_nothing(
    client: Client, page: Client, supervisor: User, name: str
) -> None:
    kept = upload(page, ROW)
    client.force_login(supervisor)

    assert client.post(reverse(f"tickets:{name}", args=[kept.pk])).status_code == 404
    assert not Job.objects.exists()
