"""Who gets what from the addresses of corrections."""

from typing import Any

from kpi_portal.tests.access_rows import (
    ADMIN,
    AGENT,
    AUDITOR,
    BOTH,
    GET,
    HR,
    MEMBERS,
    POST,
    REST,
    SIGNED_IN,
    STRANGER,
    SUPERVISOR,
    SUPERVISORS,
    row,
)
from kpi_portal.tests.access_world import World

# Row 17, and leaving records out: supervisors of the team and HR propose, agents ask for their
# own records, another one of HR decides.
ADJUSTMENT: dict[str, Any] = {"pk": "adjustment"}
EXCLUSION: dict[str, Any] = {"pk": "exclusion"}
LEAVE_OUT = {"cause": "test", "reason": "测试"}
REFUSAL = {"decision": "refuse", "reason": "核对"}
PROPOSAL = {"period": "2026-10", "agent": "A001", "indicator": "frt_mean", "points": "50",
            "origin": "data_error", "reason": "核对"}  # fmt: skip


def ticket_out(world: World) -> dict[str, Any]:
    return {**LEAVE_OUT, "ticket": world.parts["own_ticket"]}


CORRECTIONS = [
    row("appraisal:corrections", GET, MEMBERS - AUDITOR, REST),
    row("appraisal:adjust", BOTH, SUPERVISOR | HR, AGENT | AUDITOR, code="period",
        number="number"),
    row("appraisal:adjust", BOTH, SUPERVISOR | HR, code="september", number="number",
        stage="calculated"),
    row("appraisal:adjustment", GET, SUPERVISOR | HR, **ADJUSTMENT),
    row("appraisal:adjustment", POST, HR, SUPERVISOR, **ADJUSTMENT, data=REFUSAL),
    row("appraisal:withdraw_adjustment", POST, SUPERVISOR, HR, **ADJUSTMENT),
    row("appraisal:exclude_ticket", BOTH, AGENT | SUPERVISOR | HR, ADMIN, pk="own_ticket",
        data=LEAVE_OUT),
    row("appraisal:exclude_answer", BOTH, AGENT | SUPERVISOR | HR, pk="own_answer",
        data=LEAVE_OUT),
    row("appraisal:exclude_span", BOTH, SUPERVISORS | HR, REST),
    row("appraisal:exclusion", GET, SUPERVISOR | HR, **EXCLUSION),
    row("appraisal:exclusion", POST, HR, SUPERVISOR, **EXCLUSION, data=REFUSAL),
    row("appraisal:withdraw_exclusion", POST, SUPERVISOR, HR, **EXCLUSION),
    row("api:adjustments", GET, SUPERVISORS | HR, REST),
    row("api:adjustments", POST, SUPERVISOR | HR, SIGNED_IN - SUPERVISORS, data=PROPOSAL),
    row("api:adjustment", GET, SUPERVISOR | HR, STRANGER, **ADJUSTMENT),
    row("api:adjustment-decision", POST, HR, SUPERVISOR | STRANGER, **ADJUSTMENT, data=REFUSAL),
    row("api:exclusions", GET, MEMBERS - AUDITOR, REST),
    row("api:exclusions", POST, AGENT | SUPERVISOR | HR, ADMIN | AUDITOR | STRANGER,
        data=ticket_out),
    row("api:exclusion", GET, SUPERVISOR | HR, STRANGER, **EXCLUSION),
    row("api:exclusion-decision", POST, HR, SUPERVISOR | STRANGER, **EXCLUSION, data=REFUSAL),
]  # fmt: skip
