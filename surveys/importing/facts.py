"""How satisfaction answers are checked and loaded, for the import that tickets provide."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from surveys.importing.loading import AnswerLoader
from surveys.services import link_answers
from tickets.importing import converters
from tickets.importing.agents import AgentBook
from tickets.importing.checking import Findings, RowCheck
from tickets.importing.customers import without_personal
from tickets.importing.errors import BadValue, RowRejected
from tickets.importing.fields import DIMENSIONS, ENDS
from tickets.importing.loading import Counts, People
from tickets.importing.mapping import Mapper, Row
from tickets.importing.recognise import Recognition

OWN = frozenset(
    {"external_id", "ticket", "agent", "answered_at", "scale", "comment", "channel", "department",
     "source_updated_at"}
)  # fmt: skip
SAYS = frozenset({"score", "nps", *DIMENSIONS})
NPS_TOP = 10


class AnswerCheck(RowCheck):
    """Records as answers. Only what an answer needs is read, so that nothing else rejects it."""

    def __init__(self, found: Recognition, book: AgentBook, findings: Findings, now: datetime):
        super().__init__(found, book, findings, now)
        self.says = Mapper(found.plan, found.header, SAYS)
        self.own = Mapper(found.plan, found.header, OWN)
        self.contact = Mapper(found.plan, found.header, frozenset(found.plan.columns) - OWN - SAYS)

    def __call__(self, record: Any, row_number: int) -> Row | None:
        """The answer; None where the record says nothing. Raises RowRejected."""
        cells = self.shaped(record)
        said = self.says(cells)
        if all(value is None for value in said.values()):
            return None
        row = self.own(cells)
        if "comment" in row:
            row["comment"] = without_personal(row["comment"])
        self._say(said, row)
        self._identify(row)
        if row.get("answered_at") is None:
            row["answered_at"] = self._end_of_contact(cells)
        self.instants(row)
        self.once(row["external_id"], row_number, self._id_label())
        self.person(row, "agent", row["answered_at"], row["answered_at"])
        self._note(row)
        return row

    def _say(self, said: Row, row: Row) -> None:
        """What the answer says into its columns; a scale is kept with a score only."""
        scored = {
            name: self._scored(name, value, row)
            for name, value in said.items()
            if name != "nps" and value is not None
        }
        row["score_e4"], row["scale"] = scored.pop("score", (None, None))
        if "nps" in said:
            row["nps"] = None if said["nps"] is None else self._nps(said["nps"])
        if any(name in self.plan.columns for name in DIMENSIONS):
            row["dimensions"] = scored

    def _nps(self, value: Decimal) -> int:
        if value != int(value) or not 0 <= value <= NPS_TOP:
            raise RowRejected(
                self.label("nps"), str(value), "score_out_of_scale", {"scale": NPS_TOP}
            )
        return int(value)

    def _scored(self, name: str, score: Any, row: Row) -> tuple[int, int]:
        scale = row.get("scale") or self.plan.scale
        try:
            if not scale or not 1 <= scale <= 1000:
                raise BadValue("missing")
            value = converters.score(str(score), scale)
        except BadValue as bad:
            raise RowRejected(
                self.label(name if scale else "scale"), str(score), bad.key, bad.params
            ) from None
        return int((value * 10_000).to_integral_value()), int(scale)

    def _identify(self, row: Row) -> None:
        """The answer's id is its own, else its ticket's; and the other way round."""
        ticket, own = row.get("ticket") or "", row.get("external_id") or ""
        if not own and not ticket:
            raise RowRejected(self._id_label(), "", "missing", {})
        row["external_id"] = own or ticket
        row["ticket"] = ticket if "ticket" in self.plan.columns else own

    def _id_label(self) -> str:
        return self.label("external_id" if "external_id" in self.plan.columns else "ticket")

    def _end_of_contact(self, cells: list[Any]) -> datetime:
        """closed_at, else resolved_at, else first response + handle_seconds, else created_at."""
        contact = self.contact(cells)
        for rule in self.rules:
            rule(contact)
        closed, resolved, responded, created = (contact.get(name) for name in ENDS)
        talked = contact.get("handle_seconds")
        by_talk = None
        if responded is not None and talked is not None:
            by_talk = responded + timedelta(seconds=talked)
        end: datetime | None = closed or resolved or by_talk or created
        if end is None:
            raise RowRejected(self.label("answered_at"), "", "missing", {})
        return end

    def _note(self, row: Row) -> None:
        if row.get("agent"):
            self.findings.agents[row["agent"]] += 1
        self.month(row["answered_at"])


class AnswerFacts:
    """Answers, as `tickets.importing.pipeline.Facts`."""

    kind = "satisfaction"

    def check(
        self, found: Recognition, book: AgentBook, findings: Findings, now: datetime
    ) -> Callable[[Any, int], Row | None]:
        return AnswerCheck(found, book, findings, now)

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
        loader = AnswerLoader(found.plan.source, people, import_id=import_id, dry=dry)
        counts = loader.load(rows, progress)
        if not dry:
            link_answers(found.plan.source)
        return counts
