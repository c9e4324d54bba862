from typing import Any

import pytest

from kpi_portal import job_handlers

HERE = "kpi_portal.jobs.tests.handlers"
KINDS = ("count", "refuse", "crash", "unlucky", "wait", "resume")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: Any) -> None:
    """Kinds of the tests' own; `test.count` may be followed by HR."""
    own = {f"test.{kind}": f"{HERE}.{kind}" for kind in KINDS}
    monkeypatch.setattr(job_handlers, "HANDLERS", {**job_handlers.HANDLERS, **own})
    readers = {**job_handlers.READERS, "test.count": ("hr",)}
    monkeypatch.setattr(job_handlers, "READERS", readers)


@pytest.fixture(autouse=True)
def woken(monkeypatch: Any, request: pytest.FixtureRequest) -> list[int]:
    """The ids of jobs for which a message would have been sent."""
    sent: list[int] = []
    if request.node.get_closest_marker("redis") is None:
        monkeypatch.setattr("kpi_portal.jobs.wake.wake", sent.append)
    return sent
