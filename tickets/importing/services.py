"""Imports as people know them: kept with their file, plan and counts."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi_portal.audit.services import record
from kpi_portal.core.errors import DomainError
from kpi_portal.jobs import services as jobs
from kpi_portal.jobs.models import Job
from kpi_portal.people import files
from kpi_portal.people.models import User
from tickets.importing import limits
from tickets.importing.checking import Progress, no_progress
from tickets.importing.errors import ImportBusy, PlanIncomplete
from tickets.importing.pipeline import Facts, Outcome, run_file
from tickets.importing.plans import Choices
from tickets.importing.recognise import Recognition, recognise
from tickets.importing.rejected import RejectedRows
from tickets.models import Import, Rejection

PURPOSE = "import"
PURPOSE_REJECTED = "import.rejected"


def import_path(
    facts: Facts,
    path: Path,
    choices: Choices,
    *,
    by: User | None,
    at: datetime,
    dry: bool,
    progress: Progress = no_progress,
) -> Outcome:
    """Import a file of this machine at once. A dry run leaves no trace.

    The import is kept with its file, unless nothing of it could be read.
    Raises FileRefused, PlanIncomplete and OSError.
    """
    name = path.name
    with RejectedRows() as rejected:
        if dry:
            return run_file(
                facts, path, name, choices, by=by, at=at, dry=True,
                rejected=rejected, progress=progress,
            )  # fmt: skip
        found = recognise(path, name, facts.kind, choices)
        found.require_complete()
        with transaction.atomic():
            kept = _keep(facts.kind, path, name, by, at)
            _plan(kept, found, choices)
            outcome = run_file(
                facts, path, name, choices, by=by, at=at, dry=False, import_id=kept.pk,
                rejected=rejected, progress=progress,
            )  # fmt: skip
            _finish(kept, outcome, rejected, by=by, at=timezone.now())
    return outcome


def upload(kind: str, source: Any, name: str, *, by: User, at: datetime) -> Import:
    """Keep an uploaded file and recognise it. One that is refused is kept with the sentence.

    Raises the errors of `files.store`.
    """
    kept = _keep(kind, source, name, by, at)
    _recognise_into(kept, Choices())
    return kept


def _recognise_into(kept: Import, choices: Choices) -> None:
    try:
        found = recognise(_path_of(kept), kept.file_name, kept.kind, choices)
    except DomainError as error:
        kept.state, kept.error = Import.State.FAILED, str(error.message)
        kept.mapping = {**kept.mapping, "choices": asdict(choices)}
        kept.save(update_fields=["state", "error", "mapping", "kind"])
        return
    kept.state, kept.error = Import.State.UPLOADED, ""
    kept.save(update_fields=["state", "error"])
    _plan(kept, found, choices)


@transaction.atomic
def _keep(kind: str, source: Any, name: str, by: User | None, at: datetime) -> Import:
    stored = files.store(
        source, name=name, purpose=PURPOSE, by=by, at=at, max_bytes=limits.MAX_TEXT_BYTES
    )
    kept = Import.objects.create(
        kind=kind,
        file=stored,
        file_name=stored.name,
        file_sha256=stored.sha256,
        requested_by=by,
        requested_at=at,
    )
    record("import.added", kept, actor=by, after={"kind": kind, "sha256": stored.sha256})
    return kept


def _plan(kept: Import, found: Recognition, choices: Choices) -> None:
    """Store how the file is to be read: the plan, and what was chosen to come to it."""
    kept.source, kept.profile = found.plan.source, found.plan.profile
    kept.create_agents = choices.create_agents
    kept.rows = found.rows
    kept.mapping = {
        "plan": found.plan.to_json(),
        "choices": asdict(choices),
        "header": list(found.header.names),
        "columns": found.header.choices(),
        "preview": found.preview,
        "questions": found.questions,
        "undecided": found.undecided,
        "sheets": list(found.table.sheets),
        "warnings": found.warnings,
    }
    kept.save(update_fields=["source", "profile", "create_agents", "rows", "mapping", "kind"])


def choices_of(kept: Import) -> Choices:
    """What a person has chosen for an import so far."""
    return Choices(**kept.mapping.get("choices", {}))


@transaction.atomic
def choose(kept: Import, kind: str, choices: Choices, *, by: User) -> Import:
    """Read the file of an import anew with other choices. Raises ImportBusy."""
    kept = Import.objects.select_for_update().get(pk=kept.pk)
    _require_open(kept)
    kept.kind = kind
    kept.control = {}
    kept.created = kept.updated = kept.unchanged = kept.rejected = 0
    kept.save()
    kept.rejections.all().delete()
    _recognise_into(kept, choices)
    record("import.planned", kept, actor=by, after={"kind": kind, "source": kept.source})
    return kept


@transaction.atomic
def request_check(kept: Import, *, by: User) -> Job:
    """Have the whole file checked by a job. Raises ImportBusy."""
    return _request(kept, "check", Import.State.CHECKING, by)


@transaction.atomic
def request_import(kept: Import, *, by: User) -> Job:
    """Have the file imported by a job. Asking twice imports once. Raises ImportBusy."""
    return _request(kept, "import", Import.State.RUNNING, by)


def _request(kept: Import, mode: str, state: str, by: User) -> Job:
    kept = Import.objects.select_for_update().get(pk=kept.pk)
    _require_open(kept)
    if not kept.mapping.get("plan"):
        raise PlanIncomplete(kept.error or _("This file could not be read."))
    if kept.mapping["questions"]:
        raise PlanIncomplete(kept.mapping["questions"][0])
    kept.state, kept.error = state, ""
    kept.save(update_fields=["state", "error"])
    record(f"import.{mode}_requested", kept, actor=by)
    return jobs.request(kept.job_kind, str(kept.pk), {"import": kept.pk, "mode": mode}, by=by)


def _require_open(kept: Import) -> None:
    if live_job(kept) is not None:
        raise ImportBusy(_("This import is being worked on. Wait until that has ended."))
    if kept.state == Import.State.DONE:
        raise ImportBusy(_("This import has ended. Upload the file again to import it anew."))


def last_job(kept: Import) -> Job | None:
    """The job that worked on an import last."""
    return Job.objects.filter(kind=kept.job_kind, key=str(kept.pk)).order_by("-id").first()


def live_job(kept: Import) -> Job | None:
    """The job that waits for an import or works on it now."""
    job = last_job(kept)
    return job if job is not None and job.is_live else None


def run(
    facts: Facts, import_id: int, mode: str, at: datetime, progress: Progress
) -> dict[str, Any]:
    """Check or import as asked for; what the job handlers do. Safe to run again.

    A file that is refused ends the import with the sentence; other errors leave it to the job.
    """
    kept = Import.objects.select_related("file", "requested_by").get(pk=import_id)
    if kept.state == Import.State.DONE:
        return counts_of(kept)
    try:
        with RejectedRows() as rejected, transaction.atomic():
            outcome = run_file(
                facts, _path_of(kept), kept.file_name, choices_of(kept),
                by=kept.requested_by, at=at, dry=mode == "check", import_id=kept.pk,
                rejected=rejected, progress=progress,
            )  # fmt: skip
            _finish(kept, outcome, rejected, by=kept.requested_by, at=timezone.now())
    except DomainError as error:
        Import.objects.filter(pk=kept.pk).update(
            state=Import.State.FAILED, error=str(error.message), finished_at=timezone.now()
        )
        return {"refused": str(error.message)}
    return counts_of(kept)


def _finish(
    kept: Import, outcome: Outcome, rejected: RejectedRows, *, by: User | None, at: datetime
) -> None:
    """Keep what came of it, in the transaction of the load."""
    kept.rows, kept.rejected = outcome.findings.rows, outcome.findings.rejected
    kept.created, kept.updated = outcome.counts.created, outcome.counts.updated
    kept.unchanged, kept.control = outcome.unchanged, outcome.control()
    kept.state = Import.State.CHECKED if outcome.dry_run else Import.State.DONE
    if outcome.all_rejected and not outcome.dry_run:
        kept.state, kept.error = (
            Import.State.FAILED,
            _("Every row was rejected: nothing was done."),
        )
    if not outcome.dry_run:
        kept.finished_at = at
        kept.mapping = {**kept.mapping, "preview": []}
    if rejected.count:
        stem = Path(kept.file_name).name.split(".")[0]
        kept.rejected_file = files.store(
            rejected.path(), name=f"{stem}-{_('rejected')}.csv", purpose=PURPOSE_REJECTED, by=by,
            at=at, max_bytes=limits.MAX_TEXT_BYTES,
        )  # fmt: skip
    kept.save()
    kept.rejections.all().delete()
    Rejection.objects.bulk_create(
        Rejection(
            of=kept, row=each.row, column=each.column, value=each.value, reason_key=each.key,
            params=dict(each.params),
        )
        for each in outcome.findings.problems
    )  # fmt: skip
    act = "import.checked" if outcome.dry_run else "import.ended"
    record(act, kept, actor=by, after=counts_of(kept))


def counts_of(kept: Import) -> dict[str, Any]:
    return {
        "rows": kept.rows,
        "created": kept.created,
        "updated": kept.updated,
        "unchanged": kept.unchanged,
        "rejected": kept.rejected,
    }


def _path_of(kept: Import) -> Path:
    if kept.file_id is None:
        raise DomainError(_("The file of this import has been deleted. Upload it again."))
    return files.path_of(kept.file_id)


def earlier_import(kept: Import) -> Import | None:
    """The last import of the same bytes that went through."""
    same = Import.objects.filter(
        kind=kept.kind, file_sha256=kept.file_sha256, state=Import.State.DONE
    )
    return same.exclude(pk=kept.pk).first()
