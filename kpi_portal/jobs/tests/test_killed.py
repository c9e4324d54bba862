"""A process killed in the middle of a job: the next attempt goes on from the checkpoint."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from kpi_portal.jobs import runner, services
from kpi_portal.jobs.models import Job
from kpi_portal.testing.services import ROOT

PROGRAM = """
import django
django.setup()
from kpi_portal import job_handlers
job_handlers.HANDLERS = dict(
    job_handlers.HANDLERS, **{{"test.resume": "kpi_portal.jobs.tests.handlers.resume"}}
)
from kpi_portal.jobs import runner
runner.run({job})
"""


def environment_here() -> dict[str, str]:
    """The environment in which another process works on this test's database."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{config['NAME']}"
    else:
        base, _, query = os.environ["DATABASE_URL"].partition("?")
        url = f"{base.rpartition('/')[0]}/{config['NAME']}" + (f"?{query}" if query else "")
    return {
        **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "kpi_portal.settings",
    }  # fmt: skip


def run_elsewhere(job: Job) -> int:
    """Do the job in a process of its own, on this database; its exit code."""
    program = PROGRAM.format(job=job.pk)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment_here(), timeout=120, check=False
    )
    return ended.returncode


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_loses_nothing_but_its_attempt() -> None:
    job = services.request("test.resume", "k", {"die": True}, by=None)

    assert run_elsewhere(job) == -signal.SIGKILL

    job.refresh_from_db()
    assert (job.state, job.checkpoint, job.attempts) == ("running", {"at": 3}, 1)
    services.sweep(timezone.now())
    job.refresh_from_db()
    assert job.state == "running"  # silent for less than 30 s

    services.sweep(timezone.now() + services.SILENT_AFTER + timedelta(seconds=1))
    Job.objects.update(due_at=timezone.now())
    ended = runner.run(job.pk)

    assert ended is not None
    assert (ended.state, ended.attempts, ended.result) == ("done", 2, {"started_at": 3})
