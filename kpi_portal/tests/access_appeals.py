"""The rows of the access table for what goes around the course of an appeal."""

from typing import Any

from kpi_portal.tests.access_rows import (
    AGENT,
    AUDITOR,
    BOTH,
    CHAIR,
    COMMITTEE,
    GET,
    HR,
    LEAD,
    NOBODY,
    POST,
    REST,
    SIGNED_IN,
    SUPERVISOR,
    TEAM,
    row,
)
from kpi_portal.tests.access_world import World
from tickets.models import Ticket

APPEAL: dict[str, Any] = {"number": "appeal"}
READ_CASE = AGENT | HR | AUDITOR
IN_MEETING = READ_CASE | SUPERVISOR
IN_ARBITRATION = IN_MEETING | COMMITTEE
REASON = {"reason": "说明"}


def _outsider(world: World) -> dict[str, Any]:
    return {**REASON, "user": world.user("other_supervisor").pk}


def _claim(world: World) -> dict[str, Any]:
    ticket = Ticket.objects.get(pk=world.parts["ticket"])
    return {
        "card": world.parts["card"],
        "ticket": ticket.external_id,
        "kind": "wrong_person",
        "statement": "转给我之前已结案",
    }


AROUND_APPEALS = [
    row("appeals:claims", GET, SIGNED_IN),
    row("appeals:claims", POST, TEAM | SUPERVISOR, REST, data=_claim),
    row("appeals:answer-claim", POST, SUPERVISOR, AGENT | HR | AUDITOR, claim_id="claim",
        data={"accepted": "no", "answer": "记录无误"}),
    row("appeals:statistics", GET, LEAD | COMMITTEE | AUDITOR, REST),
    row("appeals:statistics", GET, LEAD | COMMITTEE | AUDITOR, REST, query="?format=csv"),
    row("api:appeal-statistics", GET, LEAD | COMMITTEE | AUDITOR, REST),
    row("appeals:record", GET, READ_CASE, **APPEAL, stage="reviewed"),
    row("appeals:record", GET, IN_ARBITRATION, **APPEAL, query="?format=json", stage="changed"),
    row("appeals:impact", BOTH, HR, READ_CASE, **APPEAL, stage="rechecked",
        data={"starts_at": "2026-10-12T08:00", "ends_at": "2026-10-12T18:00", "note": "故障"}),
    row("appeals:overdue", GET, HR | COMMITTEE | AUDITOR, REST),
    row("appeals:outside-chair", GET, LEAD | COMMITTEE | AUDITOR, REST),
    row("appeals:outside-chair", POST, LEAD, REST, data=_outsider),
    row("appeals:invitation", GET, IN_MEETING, **APPEAL, stage="scheduled"),
    row("appeals:refer-outside", POST, CHAIR, IN_ARBITRATION, **APPEAL, data=REASON,
        stage="seated", done="409"),
    row("appeals:take-up", POST, NOBODY, IN_ARBITRATION, **APPEAL, stage="seated"),
    row("appeals:decide-outside", POST, NOBODY, IN_ARBITRATION, **APPEAL, stage="seated",
        data={"vote": "maintain", "decision": "维持", "reason_code": "unfounded"}),
]  # fmt: skip
