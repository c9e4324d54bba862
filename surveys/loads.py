"""Taking ready rows in: invitations, recorded values and assessments, from whoever has them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from kpi_portal.audit.services import record
from kpi_portal.people.models import User
from surveys.importing.assessment_loading import AssessmentLoader
from surveys.importing.table_facts import FACTS
from surveys.questionnaires.judging import Judged, score_of
from surveys.questionnaires.ready import ready_forms
from surveys.services import link_answers
from tickets.importing import tables
from tickets.importing.agents import AgentBook, DepartmentBook
from tickets.importing.loading import Counts, People, Row
from tickets.services import load_table_rows


def load_invitations(rows: Iterable[Row], source: str, *, by: User | None = None) -> Counts:
    """Take invitations in: `external_id`, `ticket` (its no. or ""), `invited_at`, and maybe
    `agent` (employee no.), `channel`, `answered_at`. Idempotent by (source, external_id).

    Raises KeyError for an agent that is not known.
    """
    with transaction.atomic():
        counts = load_table_rows(FACTS["invitations"], rows, source, by=by)
        link_answers(source)
    return counts


def load_recorded(rows: Iterable[Row], *, by: User | None = None) -> Counts:
    """Take recorded values in: `item`, `effective_on`, `value` (Decimal), `origin`, `evidence`,
    and `agent` (employee no.) or `department` (code). Idempotent by item, whom and day.

    Raises KeyError for an agent or department that is not known.
    """
    return load_table_rows(FACTS["recorded"], rows, "", by=by)


@transaction.atomic
def load_assessments(
    rows: Iterable[Mapping[str, Any]],
    source: str,
    *,
    by: User | None = None,
    progress: Callable[[int], None] | None = None,
) -> Counts:
    """Take assessments with ready questionnaires in: `external_id`, `form` (key), `agent`,
    `rater_group`, `submitted_at`, `judged` (code → Judged), and maybe `ticket` (its no.),
    `rater`, `valid_until`, `is_adjudicated`, `round`, `comment`.

    The score is that of the items. Idempotent by (source, external_id). Raises KeyError for a
    questionnaire or an employee that is not known.
    """
    tables.lock_loads()
    book = AgentBook(source)
    people = People(book.id_of, DepartmentBook().id_of, by)
    counts = AssessmentLoader(source, people).load(map(_scored, rows), progress)
    link_answers(source)
    if counts.created or counts.updated:
        record(
            "assessments.loaded",
            ("surveys.source", source),
            actor=by,
            after={"created": counts.created, "updated": counts.updated},
        )
    return counts


def _scored(row: Mapping[str, Any]) -> dict[str, Any]:
    judged: Mapping[str, Judged] = row["judged"]
    score, is_fatal = score_of(ready_forms()[row["form"]].questions, judged)
    columns = {code: each.as_columns() for code, each in judged.items()}
    return {**row, "judged": columns, "score_e4": score, "failed_fatal": is_fatal}
