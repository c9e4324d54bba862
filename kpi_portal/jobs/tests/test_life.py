"""A job's life: asked for, claimed once, done or failed or cancelled, repaired by the sweep."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kpi_portal.audit.models import Event
from kpi_portal.jobs import context, runner, services
from kpi_portal.jobs.models import Job
from kpi_portal.people.models import User

pytestmark = pytest.mark.django_db


def ask(kind: str = "test.count", key: str = "k", **params: Any) -> Job:
    return services.request(kind, key, params, by=None)


def test_a_job_that_is_asked_for_is_woken_after_the_commit(
    woken: list[int], agent: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = services.request("test.count", "k", {"id": 7}, by=agent)
        assert woken == []

    assert woken == [job.pk]
    assert (job.state, job.params, job.requested_by) == ("queued", {"id": 7}, agent)
    assert Event.objects.get(act="job.requested").actor == agent


def test_the_same_work_is_asked_for_once_while_it_lives() -> None:
    job = ask()

    with pytest.raises(services.AlreadyRunning) as refused:
        ask()
    assert refused.value.job == job

    runner.run(job.pk)
    assert ask().pk != job.pk


def test_an_unknown_kind_is_a_programmers_error() -> None:
    with pytest.raises(KeyError):
        ask("test.nothing")


def test_a_job_runs_and_keeps_its_result() -> None:
    job = runner.run(ask().pk)

    assert job is not None
    assert (job.state, job.result, job.done, job.total) == ("done", {"counted": 3}, 3, 3)
    assert (job.percent, job.attempts, job.lease) == (100, 1, None)


def test_a_second_message_finds_nothing_to_do() -> None:
    job = ask()
    runner.run(job.pk)

    assert runner.run(job.pk) is None
    assert Job.objects.get().attempts == 1


def test_a_job_that_is_not_due_waits() -> None:
    job = ask()
    Job.objects.update(due_at=timezone.now() + timedelta(minutes=1))

    assert runner.run(job.pk) is None


def test_a_refusal_is_told_in_its_own_words() -> None:
    job = runner.run(ask("test.refuse").pk)

    assert job is not None
    assert (job.state, job.error) == ("failed", "Der Zeitraum ist geschlossen.")


def test_a_crash_fails_without_showing_its_inside() -> None:
    job = runner.run(ask("test.crash").pk)

    assert job is not None
    assert job.state == "failed"
    assert "secret" not in job.error
    assert f"job-{job.pk}-1" in job.error


def test_bad_luck_is_tried_three_times_with_pauses() -> None:
    job = ask("test.unlucky")
    pauses = []
    for _attempt in range(3):
        asked = timezone.now()
        Job.objects.update(due_at=asked)
        runner.run(job.pk)
        job.refresh_from_db()
        pauses.append(round((job.due_at - asked).total_seconds(), -1))

    assert pauses[:2] == [10, 40]
    assert (job.state, job.attempts) == ("failed", 3)


def test_a_waiting_job_is_cancelled_at_once(agent: User) -> None:
    job = services.cancel(ask(), agent)

    assert job.state == "cancelled"
    assert runner.run(job.pk) is None


def test_a_running_job_stops_at_its_next_report(agent: User) -> None:
    job = ask("test.wait")
    claimed = services.claim(job.pk, timezone.now())
    assert claimed is not None and claimed.lease is not None
    at_work = context.JobContext(claimed, claimed.lease, timezone.now())
    services.cancel(job, agent)

    at_work.beat()
    with pytest.raises(context.Cancelled):
        at_work.progress(1, 2)


def test_a_job_cancelled_before_it_begins_does_nothing(agent: User) -> None:
    job = ask("test.crash")
    Job.objects.update(cancel_requested=True)

    ended = runner.run(job.pk)

    assert ended is not None and ended.state == "cancelled"


def test_a_job_that_has_ended_cannot_be_cancelled(agent: User) -> None:
    job = ask()
    runner.run(job.pk)

    with pytest.raises(services.JobFinished):
        services.cancel(job, agent)


def silent_job(attempts: int = 1, **fields: Any) -> Job:
    job = ask()
    services.claim(job.pk, timezone.now())
    long_ago = timezone.now() - timedelta(seconds=31)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago, attempts=attempts, **fields)
    return job


def state_after_sweep(job: Job) -> str:
    services.sweep(timezone.now())
    job.refresh_from_db()
    return job.state


def test_a_silent_job_is_queued_again_with_its_checkpoint(woken: list[int]) -> None:
    job = silent_job(checkpoint={"at": 3})

    assert state_after_sweep(job) == "queued"
    assert (job.checkpoint, job.lease) == ({"at": 3}, None)
    assert woken == [job.pk]


def test_a_job_silent_for_the_third_time_is_given_up() -> None:
    assert state_after_sweep(silent_job(attempts=3)) == "failed"


def test_a_silent_job_that_was_to_be_cancelled_is_cancelled() -> None:
    assert state_after_sweep(silent_job(cancel_requested=True)) == "cancelled"


def test_a_job_that_gave_a_sign_of_life_is_left_alone() -> None:
    job = ask()
    services.claim(job.pk, timezone.now())

    assert state_after_sweep(job) == "running"


def test_the_sweep_delivers_what_waits_but_not_again_and_again(woken: list[int]) -> None:
    job = ask()
    now = timezone.now()

    services.sweep(now)
    services.sweep(now + timedelta(seconds=15))
    assert woken == [job.pk]

    services.sweep(now + timedelta(seconds=45))
    assert woken == [job.pk, job.pk]


def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    job = silent_job()
    claimed = Job.objects.get()
    assert claimed.lease is not None
    lost = context.JobContext(claimed, claimed.lease, timezone.now())
    services.sweep(timezone.now())
    services.claim(job.pk, timezone.now())

    with pytest.raises(context.LeaseLost):
        lost.save_checkpoint({"at": 99})
    assert not services.finish(job.pk, claimed.lease, {"wrong": 1})

    job.refresh_from_db()
    assert (job.state, job.checkpoint, job.result) == ("running", {}, {})


def test_a_long_job_hands_over_to_a_fresh_run_that_is_not_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(context, "_in_transaction", lambda: False)
    job = ask("test.resume")
    claimed = services.claim(job.pk, timezone.now())
    assert claimed is not None and claimed.lease is not None
    at_work = context.JobContext(claimed, claimed.lease, timezone.now() - timedelta(minutes=16))

    with pytest.raises(context.TimeUp):
        at_work.save_checkpoint({"at": 1})
    services.put_back(job.pk, claimed.lease, due_at=timezone.now(), counts=False)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.checkpoint) == ("queued", 0, {"at": 1})
    ended = runner.run(job.pk)
    assert ended is not None and ended.result == {"started_at": 1}


def test_the_time_left_is_estimated_from_what_was_done() -> None:
    now = timezone.now()
    job = Job(
        state="running",
        done=25,
        total=100,
        started_at=now,
        heartbeat_at=now + timedelta(seconds=10),
    )

    assert job.seconds_left == 30
    assert job.percent == 25
