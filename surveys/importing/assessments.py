"""Assessments, as `Facts`: inspections, 360° reviews, exams and shoppers from one kind of file.

Beside the fields of every assessment, each column that is named as an item of the questionnaire
holds what was judged of it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from kpi_portal.people.queries import local_date
from surveys.importing.assessment_loading import AssessmentLoader
from surveys.importing.judged_cells import judged_cell
from surveys.models import Assessment
from surveys.questionnaires.judging import Judged, score_of
from surveys.questionnaires.ready import USUAL
from surveys.questionnaires.services import Form, forms
from surveys.services import link_answers
from tickets.importing import converters
from tickets.importing.agents import AgentBook, Person
from tickets.importing.checking import Findings
from tickets.importing.errors import BadValue, RowRejected
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Row
from tickets.importing.profiles.base import normalised
from tickets.importing.recognise import Recognition
from tickets.importing.table_check import TableCheck
from tickets.importing.table_kinds import ASSESSMENTS

RATERS = {"qa": "qa", "exam": "examiner", "mystery": "shopper"}
OUTSIDERS = frozenset({"examiner", "shopper", "customer"})
HUNDRED = 100
ID_LIMIT = 100
# What a header says about the use of a file that does not say it elsewhere.
HINTS = (("质检", "qa"), ("質檢", "qa"), ("inspect", "qa"), ("考试", "exam"), ("考試", "exam"),
         ("exam", "exam"), ("360", "review360"), ("互评", "review360"), ("神秘", "mystery"),
         ("mystery", "mystery"))  # fmt: skip


class AssessmentCheck(TableCheck):
    """Records as assessments."""

    def __init__(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> None:
        super().__init__(ASSESSMENTS, _verify, found, book, findings, now)
        self.forms = forms()
        self.by_text = _by_text(self.forms)
        self.items: dict[str, list[tuple[str, int]]] = {}
        used = {place for column in self.plan.columns.values() for place in self._places(column)}
        self.free = {
            normalised(name): place
            for place, name in enumerate(self.header.names)
            if name and place not in used
        }
        self.hint = self._hint()
        names = ("source", "external_id", "ticket_external_id", "subject_id")
        known = Assessment.objects.filter(is_adjudicated=True).order_by().values_list(*names)
        self.adjudicated: dict[tuple[str, str, str, int], int] = dict.fromkeys(known, 0)

    def _places(self, column: str) -> list[int]:
        return self.header.find(column) or []

    def _hint(self) -> str:
        """The use that headers and file name tell of."""
        texts = [self.file_name.casefold(), *(name.casefold() for name in self.header.names)]
        found = {use for sign, use in HINTS if any(sign in text for text in texts)}
        return found.pop() if len(found) == 1 else ""

    def item_columns(self, form: Form) -> list[tuple[str, int]]:
        """(code, place) of the columns that hold items of a questionnaire."""
        if form.key not in self.items:
            self.items[form.key] = [
                (question.code, self.free[normalised(name)])
                for question in form.questions
                for name in (question.code, *question.names)
                if name and normalised(name) in self.free
            ]
        return self.items[form.key]


def _by_text(known: Mapping[str, Form]) -> dict[str, Form]:
    found = {}
    for form in known.values():
        for text in (form.key, *form.names):
            found[converters.plain(text).casefold()] = form
    return found


def _verify(check: TableCheck, row: Row) -> str:
    assert isinstance(check, AssessmentCheck)
    form = _form(check, row)
    on = local_date(row["submitted_at"])
    person = check.someone(row, "agent", on)
    row["form"] = form.key
    row["rater_group"] = _rater_group(check, row, form)
    _rater(check, row, person)
    judged = _judged(check, row, form)
    _score(check, row, form, judged)
    row["judged"] = {code: each.as_columns() for code, each in judged.items()}
    if not row.get("external_id"):
        row["external_id"] = _id_of(row)
    if row.get("is_adjudicated") and row.get("ticket") and person is not None:
        _once_adjudicated(check, row, person.id)
    return str(row["external_id"])


def _form(check: AssessmentCheck, row: Row) -> Form:
    named = row.get("questionnaire") or ""
    if named:
        form = check.by_text.get(converters.plain(named).casefold())
        if form is None:
            known = "、".join(each.names[0] for each in check.forms.values())
            raise check.refused("questionnaire", named, "unknown_questionnaire", known=known)
        return form
    use = row.get("use") or check.hint
    if not use:
        raise check.refused("questionnaire", "", "which_questionnaire")
    in_use = [each for each in check.forms.values() if each.use == use and each.version]
    return in_use[0] if len(in_use) == 1 else check.forms[USUAL[use]]


def _rater_group(check: TableCheck, row: Row, form: Form) -> str:
    text = row.get("rater_group") or ""
    if not text:
        if form.use not in RATERS:
            raise check.refused("rater_group", "", "missing")
        return RATERS[form.use]
    return str(text)


def _rater(check: TableCheck, row: Row, subject: Person | None) -> None:
    """A self-assessment is the employee's own; an unknown outsider is not kept."""
    group, text = row["rater_group"], row.get("rater") or ""
    if text and group in OUTSIDERS and not check.book.knows(text):
        text = row["rater"] = ""
    if not text:
        row["rater"] = row["agent"] if group == "self" else ""
        return
    rater = check.someone(row, "rater", local_date(row["submitted_at"]))
    is_same = text == row["agent"] or (rater is not None and rater == subject)
    if is_same != (group == "self"):
        raise check.refused("rater", text, "self_and_other")


def _judged(check: AssessmentCheck, row: Row, form: Form) -> dict[str, Judged]:
    questions = {question.code: question for question in form.questions}
    judged = {}
    for code, place in check.item_columns(form):
        cell = row["cells"][place]
        try:
            found = judged_cell(questions[code], cell)
        except BadValue as bad:
            shown = converters.shown(cell)
            raise RowRejected(check.header.names[place], shown, bad.key, bad.params) from None
        if found is not None:
            judged[code] = found
    return judged


def _score(check: AssessmentCheck, row: Row, form: Form, judged: Mapping[str, Judged]) -> None:
    """The score given, else that of the items; 0 where something fatal failed."""
    computed, is_fatal = score_of(form.questions, judged)
    given = row.get("score")
    if given is None and not judged:
        raise check.refused("score", "", "nothing_judged")
    score_e4 = computed
    if given is not None:
        scale = row.get("scale") or check.plan.scale or HUNDRED
        if not 0 <= given <= scale:
            raise check.refused("score", given, "score_out_of_scale", scale=scale)
        score_e4 = int((given * HUNDRED * 10_000 / scale).to_integral_value())
    row["failed_fatal"] = bool(row.get("failed_fatal")) or is_fatal
    row["score_e4"] = 0 if row["failed_fatal"] else score_e4


def _id_of(row: Row) -> str:
    """An id out of what tells assessments apart, for files that have none."""
    text = "/".join(
        str(part or "")
        for part in (row["form"], row["agent"], row.get("ticket"), row["rater_group"],
                     row.get("rater"), f"{row['submitted_at']:%Y%m%d%H%M%S}", row.get("round"))
    )  # fmt: skip
    return text if len(text) <= ID_LIMIT else sha256(text.encode()).hexdigest()


def _once_adjudicated(check: AssessmentCheck, row: Row, subject: int) -> None:
    """A ticket is adjudicated once per employee, in this file and before."""
    source, own, ticket = check.plan.source, row["external_id"], row["ticket"]
    for (other, number, of, whose), at in check.adjudicated.items():
        if of == ticket and whose == subject and (other, number) != (source, own):
            raise check.refused("is_adjudicated", ticket, "adjudicated_twice", first=at or number)
    check.adjudicated[source, own, ticket, subject] = row["row_number"]


class AssessmentFacts:
    """Assessments, as `Facts`."""

    kind = "assessments"

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]:
        return AssessmentCheck(found, book, findings, now)

    def load(
        self,
        found: Recognition,
        rows: Iterable[Row],
        people: People,
        *,
        import_id: int | None,
        dry: bool,
        progress: Callable[[int], None],
    ) -> Counts:
        loader = AssessmentLoader(found.plan.source, people, import_id=import_id, dry=dry)
        counts = loader.load(rows, progress)
        if not dry:
            link_answers(found.plan.source)
        return counts
