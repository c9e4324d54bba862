"""A worker killed in the middle of a run leaves the old results whole; the job goes on later."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from appraisal.models import Period, PeriodRun, Scorecard
from appraisal.periods import services
from appraisal.tests.factories import AFTER, make_active_version, make_period, make_work, run
from kpi_portal.jobs import runner
from kpi_portal.jobs import services as jobs
from kpi_portal.jobs.models import Job
from kpi_portal.jobs.tests.test_killed import environment_here
from kpi_portal.people.models import Department, User
from kpi_portal.people.tests.factories import make_user
from kpi_portal.testing.services import ROOT

PROGRAM = """
import django, os, signal
django.setup()
from appraisal.periods import compute
store = compute._store_run
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
compute._store_run = die
from kpi_portal.jobs import runner
runner.run({job})
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_leaves_the_old_results_and_is_done_by_the_next_worker(
    agent: User, department: Department
) -> None:
    make_active_version(department)
    make_work(agent, frt=80, score=4)
    period = make_period()
    run(period, AFTER)
    before = list(Scorecard.objects.order_by("pk").values())
    make_work(agent, frt=240)
    job = services.request_run(period.pk, by=make_user("hr"), reason="补录数据")

    program = PROGRAM.format(job=job.pk)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment_here(), timeout=120, check=False
    )

    assert ended.returncode == -signal.SIGKILL
    job.refresh_from_db()
    assert job.state == "running"
    assert list(Scorecard.objects.order_by("pk").values()) == before
    assert PeriodRun.objects.count() == 1
    assert Period.objects.get().run_number == 1

    jobs.sweep(timezone.now() + jobs.SILENT_AFTER + timedelta(seconds=1))
    Job.objects.update(due_at=timezone.now())
    done = runner.run(job.pk)

    assert done is not None
    assert (done.state, done.attempts, done.result["differences"]) == ("done", 2, 1)
    newest = PeriodRun.objects.first()
    assert newest is not None
    assert (newest.number, newest.reason) == (2, "补录数据")
