"""Who gets what from every address: the permission matrix, one row per address and way to use it.

A row names the address, how it is used, who gets it and who is refused (403): those who see
the object but may not do this. To everybody else the object is not there (404). Who has not
signed in is sent to the sign-in by pages and gets 401 from the API.

`REST` refuses everybody else: the address belongs to roles and names nothing that some may
know of and others not. Other methods than those listed are refused by every address.
"""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from kpi_portal.tests.access_appeals import AROUND_APPEALS
from kpi_portal.tests.access_corrections import CORRECTIONS
from kpi_portal.tests.access_rows import (
    ADMIN,
    AGENT,
    ALL,
    ARBITER,
    AUDITOR,
    BOTH,
    CHAIR,
    COMMITTEE,
    GET,
    HR,
    INSPECTOR,
    LEAD,
    MEMBERS,
    NOBODY,
    POST,
    REST,
    REVIEWER,
    SIGNED_IN,
    STRANGER,
    SUPERVISOR,
    SUPERVISORS,
    Data,
    Row,
    row,
)
from kpi_portal.tests.access_schemes import (
    ACTIVE,
    DRAFT,
    LIBRARY,
    READ_ACTIVE,
    SCHEME_FILE,
    SCHEMES,
    WRITE,
)
from kpi_portal.tests.access_world import World

OPEN_TO_ALL = [
    row("healthz", GET, ALL),
    row("readyz", GET, ALL),
    row("account_login", BOTH, ALL),
    row("account_logout", BOTH, ALL),
    row("account_inactive", GET, ALL),
    row("home:language", POST, ALL, data={"language": "en"}),
    row("home:theme", POST, ALL, data={"theme": "dark"}),
]

# Of them all, `agent` has a second factor.
OWN_ACCOUNT = [
    row("account_reauthenticate", BOTH, SIGNED_IN),
    row("account_change_password", BOTH, SIGNED_IN),
    row("mfa_index", GET, SIGNED_IN),
    row("mfa_authenticate", BOTH, SIGNED_IN),
    row("mfa_reauthenticate", BOTH, SIGNED_IN),
    row("mfa_activate_totp", BOTH, SIGNED_IN),
    row("mfa_deactivate_totp", BOTH, AGENT),
    row("mfa_view_recovery_codes", GET, AGENT),
    row("mfa_generate_recovery_codes", BOTH, SIGNED_IN),
    row("mfa_download_recovery_codes", BOTH, AGENT),
    row("people:tokens", BOTH, SIGNED_IN),
    row("people:revoke_token", POST, AGENT, data=lambda world: {"token": world.parts["token"]}),
]

# Row 1 (own score so far: everybody but auditors) and what belongs to everybody.
HOME = [
    row("home:today", GET, SIGNED_IN),
    row("home:provisional", GET, MEMBERS - AUDITOR),
    row("home:notices", GET, SIGNED_IN),
    row("home:read_all", POST, SIGNED_IN),
    row("home:open_notice", POST, AGENT, pk="notice"),
    row("home:search", GET, SIGNED_IN, query="?q=A001"),
    row("home:profile", GET, SIGNED_IN),
    row("home:help", GET, SIGNED_IN),
    row("home:help_topic", GET, SIGNED_IN, topic="topic"),
]

# Row 39: supervisors their team, HR and auditors everybody, administrators change.
KNOW_THE_AGENT = AGENT | SUPERVISOR | HR | ADMIN | AUDITOR
SEE_ACCOUNT = SUPERVISOR | HR | AUDITOR
PEOPLE = [
    row("people:list", GET, SUPERVISORS | HR | ADMIN | AUDITOR, REST),
    row("people:departments", GET, SUPERVISORS | HR | ADMIN | AUDITOR, REST),
    row("people:department", GET, SUPERVISORS | HR | ADMIN | AUDITOR, REST, code="department"),
    row("people:new_department", BOTH, ADMIN, REST),
    row("people:edit_department", BOTH, ADMIN, REST, code="department"),
    row("people:employee", GET, KNOW_THE_AGENT, number="number"),
    row("people:new_employee", BOTH, ADMIN, REST),
    row("people:edit_employee", BOTH, ADMIN, KNOW_THE_AGENT, number="number"),
    row("people:transfer", BOTH, ADMIN, KNOW_THE_AGENT, number="number"),
    row("people:leave", BOTH, ADMIN, KNOW_THE_AGENT, number="number"),
    row("people:accounts", GET, SUPERVISORS | HR | ADMIN | AUDITOR, REST),
    row("people:new_account", BOTH, ADMIN, REST),
    row("people:account", GET, SEE_ACCOUNT | ADMIN, username="username"),
    row("people:grant_role", POST, ADMIN, SEE_ACCOUNT, username="username"),
    row("people:revoke_role", POST, ADMIN, SEE_ACCOUNT, username="username"),
    row("people:switch_account", POST, ADMIN, SEE_ACCOUNT, username="username"),
    row("people:set_password", BOTH, ADMIN, SEE_ACCOUNT, username="username"),
    row("people:sign_out", POST, ADMIN, SEE_ACCOUNT, username="username"),
]

# Row 15: HR keeps calendar and leave, supervisors report to them; administrators keep the
# calendar as reference data.
# Row 40: settings are the administrators'; auditors look.
SETTINGS = [
    row("people:add_absence", BOTH, HR | SUPERVISOR, KNOW_THE_AGENT, number="number"),
    row("people:remove_absence", POST, HR, KNOW_THE_AGENT, number="number", pk="absence"),
    row("people:calendar", GET, SIGNED_IN),
    row("people:calendar", POST, HR | ADMIN, REST),
    row("people:clear_day", POST, HR | ADMIN, REST, pk="calendar_day"),
    row("tickets:hours", GET, SIGNED_IN),
    row("tickets:hours", POST, HR | ADMIN, REST),
    row("tickets:hours-remove", POST, HR | ADMIN, REST, pk="service_hours"),
    row("home:stay", POST, SIGNED_IN),
    row("people:second_persons", GET, SIGNED_IN),
    row("people:second_person", GET, SUPERVISOR | HR | AUDITOR, pk="second_person"),
    row(
        "people:second_person",
        POST,
        HR,
        SUPERVISOR | AUDITOR,
        pk="second_person",
        data={"decision": "refuse", "reason": "重复"},
    ),
    row("people:withdraw_second_person", POST, SUPERVISOR, HR | AUDITOR, pk="second_person"),
    row("people:company", GET, ADMIN | AUDITOR, REST),
    row("people:company", POST, ADMIN, REST),
    row("jobs:schedules", GET, ADMIN | AUDITOR, REST),
    row("jobs:schedule", BOTH, ADMIN, REST, pk="schedule"),
]

# Rows 37 and 38, and background work: one's own, administrators all, HR that on periods.
TRAIL = [
    row("audit:list", GET, ADMIN | AUDITOR, REST),
    row("audit:mine", GET, SIGNED_IN),
    row("audit:detail", GET, AGENT | ADMIN | AUDITOR, pk="own_event"),
    row("jobs:list", GET, SIGNED_IN),
    row("jobs:detail", GET, HR | ADMIN, pk="job"),
    row("jobs:progress", GET, HR | ADMIN, pk="job"),
    row("jobs:cancel", POST, ADMIN, HR, pk="job"),
    row("jobs:verify_audit", POST, ADMIN | AUDITOR, REST),
]

# Rows 32, 36 and 43: tickets and answers by owner and team, imports for HR and administrators;
# what customers said is not the administrators' business.
SEE_TICKET = AGENT | SUPERVISOR | HR | ADMIN
DATA = [
    row("tickets:tickets", GET, MEMBERS - AUDITOR, REST),
    row("tickets:ticket", GET, SEE_TICKET, pk="ticket"),
    row("tickets:imports", BOTH, HR | ADMIN, REST),
    row("tickets:import", GET, HR | ADMIN, pk="import"),
    row("tickets:import-plan", POST, HR | ADMIN, pk="import"),
    row("tickets:import-check", POST, HR | ADMIN, pk="import"),
    row("tickets:import-start", POST, HR | ADMIN, pk="import"),
    row("tickets:import-rejected", GET, HR | ADMIN, pk="import"),
    row("surveys:index", GET, MEMBERS - ADMIN - AUDITOR, REST),
    row("surveys:of-ticket", GET, SEE_TICKET, ticket_id="ticket"),
    row("surveys:recorded", GET, MEMBERS - ADMIN - AUDITOR, REST),
    row("surveys:recorded", POST, SUPERVISORS | HR, REST),
    row("surveys:recorded-change", BOTH, SUPERVISOR | HR, AGENT, pk="recorded"),
]

# Rows 6, 7 and 18 to 22. Computing is HR's and the administrators', deciding the committee's.
CONSOLE = HR | COMMITTEE | ADMIN | AUDITOR
REASON = {"reason": "核对"}
PERIODS = [
    row("appraisal:periods", GET, CONSOLE, REST),
    row("appraisal:periods", POST, HR | ADMIN, REST, data={"code": "2026-Q3"}),
    row("appraisal:period", GET, CONSOLE, REST, code="period"),
    row("appraisal:period", GET, CONSOLE, REST, code="september", stage="in_review"),
    row("appraisal:period_run", POST, HR | ADMIN, REST, code="september", data=REASON,
        stage="calculated"),
    row("appraisal:period_submit", POST, HR, REST, code="september", stage="calculated"),
    row("appraisal:period_approve", POST, COMMITTEE, REST, code="september", stage="in_review"),
    row("appraisal:period_send_back", POST, COMMITTEE, REST, code="september", data=REASON,
        stage="in_review"),
    row("appraisal:period_publish", POST, HR, REST, code="september", stage="approved"),
    row("appraisal:period_close", POST, HR, REST, code="period", done="409"),
    row("appraisal:period_runs", GET, CONSOLE, REST, code="period"),
    row("appraisal:period_runs", GET, CONSOLE, REST, code="september", stage="in_review"),
    row("appraisal:period_reopen", POST, HR, REST, code="period", data=REASON, done="409"),
    row("appraisal:period_reopen", POST, HR, REST, code="september", data=REASON, done="409"),
    row("appraisal:period_reopen_agree", POST, LEAD, REST, code="period", pk="reopening"),
    row("appraisal:period_reopen_approve", POST, COMMITTEE, REST, code="period",
        pk="reopening", done="409"),
    row("appraisal:period_reopen_refuse", POST, COMMITTEE, REST, code="period",
        pk="reopening", data=REASON),
    row("appraisal:period_reopen_withdraw", POST, HR, REST, code="period", pk="reopening"),
    row("appraisal:period_coefficients", POST, HR, REST, code="running"),
    row("appraisal:period_coefficient_approve", POST, REVIEWER | COMMITTEE, REST,
        code="running", pk="coefficient", data={"value": "1.05"}),
]  # fmt: skip

# Rows 2 to 8, 23 and 34. Before publication nobody sees their own; the committee sees what it
# reviews, and later only what an open case brings to it.
CARD: dict[str, Any] = {"code": "period", "number": "number"}
LINE: dict[str, Any] = {**CARD, "position": "position"}
UNPUBLISHED: dict[str, Any] = {"code": "september", "number": "number"}
READ_CARD = AGENT | SUPERVISOR | HR | AUDITOR
IN_THE_CASE = READ_CARD | COMMITTEE
CARDS = [
    row("appraisal:scorecards", GET, SIGNED_IN),
    row("appraisal:own_scorecard", GET, MEMBERS, code="period"),
    row("appraisal:scorecard", GET, READ_CARD, **CARD),
    row("appraisal:scorecard", GET, SUPERVISOR | HR, **UNPUBLISHED, stage="calculated"),
    row("appraisal:scorecard", GET, SUPERVISOR | HR | COMMITTEE, **UNPUBLISHED,
        stage="in_review"),
    row("appraisal:scorecard", GET, SUPERVISOR | HR, **UNPUBLISHED, stage="approved"),
    row("appraisal:scorecard", GET, IN_THE_CASE, **CARD, stage="seated"),
    row("appraisal:scorecard", GET, READ_CARD, **CARD, stage="changed"),
    row("appraisal:scorecard_confirm", POST, AGENT, READ_CARD, **CARD),
    row("appraisal:scorecard_comment", POST, AGENT, READ_CARD, **CARD),
    row("appraisal:scorecard_line", GET, READ_CARD, **LINE),
    row("appraisal:scorecard_line", GET, SUPERVISOR | HR, **UNPUBLISHED, position="position",
        stage="calculated"),
    row("appraisal:scorecard_records", GET, READ_CARD, **LINE),
    row("appraisal:scorecard_records", GET, SUPERVISOR | HR, **UNPUBLISHED, position="position",
        stage="calculated"),
    row("appraisal:department_scorecards", GET, SUPERVISORS | HR | COMMITTEE | AUDITOR, REST),
    row("appraisal:department_scorecard", GET, HR | COMMITTEE | AUDITOR,
        code="period", department="department"),
    row("appraisal:team", GET, SUPERVISORS | HR | COMMITTEE | AUDITOR, REST),
    row("appraisal:team_board", GET, SUPERVISORS | HR | COMMITTEE | AUDITOR, REST,
        code="period"),
    row("appraisal:team_board", GET, SUPERVISORS | HR | COMMITTEE | AUDITOR, REST,
        code="september", stage="in_review"),
    row("appraisal:team_export", BOTH, SUPERVISORS | HR | AUDITOR, REST, code="period",
        data={"reason": "面谈", "format": "csv"}),
    row("appraisal:team_export", BOTH, NOBODY, REST, code="september", stage="in_review",
        data={"reason": "面谈", "format": "csv"}),
    row("appraisal:score_reason", BOTH, AUDITOR, REST, code="period"),
]  # fmt: skip

# Rows 24 to 31 and C1 to C4. A draft is its writer's alone; the supervisor is a party from the
# meeting on; the committee comes in with the arbitration.
APPEAL: dict[str, Any] = {"number": "appeal"}
FILE: dict[str, Any] = {**APPEAL, "evidence_id": "evidence"}
READ_CASE = AGENT | HR | AUDITOR
IN_MEETING = READ_CASE | SUPERVISOR
IN_ARBITRATION = IN_MEETING | COMMITTEE
CHECKLIST = {
    f"{part}_{question}": value
    for question in ("objective", "weights", "procedure")
    for part, value in (("kept", "yes"), ("reason", "已核对"))
}
MINUTES = {"minutes": "三方已核对。", "reason_code": "unfounded"}
VOTE = {"vote": "maintain", "reasons": "依据工单记录。"}
RE_EVALUATION = {"reason": "另行评估。", "reason_code": "procedure"}


def _points(data: Mapping[str, Any], points: str = "90.00") -> Data:
    """`data` with points for the disputed line."""
    return lambda world: {**data, f"points_{world.case.lines[0].pk}": points}


def _other_reviewer(world: World) -> Mapping[str, Any]:
    return {"user": world.user("hr_lead").pk}


def _evaluator(world: World) -> Mapping[str, Any]:
    return {"user": world.user("inspector").pk}


def _panel(world: World) -> Mapping[str, Any]:
    return {"users": [user.pk for user in world.case.panel[:3]]}


def _file(_world: World) -> Mapping[str, Any]:
    return {"file": SimpleUploadedFile("说明.txt", "补充说明".encode()), "note": ""}


APPEALS = [
    row("appeals:list", GET, SIGNED_IN),
    row("appeals:badge", GET, READ_CARD, card_id="card"),
    row("appeals:start", POST, AGENT, READ_CARD, card_id="card", stage="draft"),
    row("appeals:admit-late", POST, HR, READ_CARD, card_id="card", data=REASON, stage="draft"),
    row("appeals:detail", GET, AGENT, **APPEAL, stage="draft"),
    row("appeals:detail", GET, READ_CASE, **APPEAL, stage="pool"),
    row("appeals:detail", GET, READ_CASE, **APPEAL, stage="reviewed"),
    row("appeals:detail", GET, READ_CASE, **APPEAL, stage="rechecked"),
    row("appeals:detail", GET, READ_CASE | INSPECTOR, **APPEAL, stage="re_evaluated"),
    row("appeals:detail", GET, IN_MEETING, **APPEAL, stage="called"),
    row("appeals:detail", GET, IN_ARBITRATION, **APPEAL, stage="seated"),
    row("appeals:detail", GET, IN_ARBITRATION, **APPEAL, stage="changed"),
    row("appeals:edit", BOTH, AGENT, **APPEAL, stage="draft"),
    row("appeals:edit", BOTH, NOBODY, READ_CASE, **APPEAL, stage="reviewed"),
    row("appeals:delete", POST, AGENT, **APPEAL, stage="draft"),
    row("appeals:withdraw", POST, AGENT, READ_CASE, **APPEAL, stage="reviewed"),
    row("appeals:add-evidence", POST, AGENT, **APPEAL, data=_file, stage="draft"),
    row("appeals:add-evidence", POST, AGENT, READ_CASE, **APPEAL, data=_file, stage="reviewed"),
    row("appeals:add-evidence", POST, AGENT | SUPERVISOR, READ_CASE, **APPEAL, data=_file,
        stage="called"),
    row("appeals:evidence", GET, AGENT, **FILE, stage="draft"),
    row("appeals:evidence", GET, READ_CASE - AUDITOR, **FILE, stage="reviewed"),
    row("appeals:evidence", GET, IN_MEETING - AUDITOR, **FILE, stage="called"),
    row("appeals:evidence", GET, IN_ARBITRATION - AUDITOR, **FILE, stage="seated"),
    row("appeals:ask-evidence", BOTH, AUDITOR, READ_CASE, **APPEAL, data=REASON,
        stage="reviewed"),
    row("appeals:delete-evidence", POST, AGENT, **FILE, stage="draft"),
    row("appeals:delete-evidence", POST, NOBODY, READ_CASE - AUDITOR, **FILE, stage="reviewed"),
    row("appeals:take", POST, HR, READ_CASE, **APPEAL, stage="pool"),
    row("appeals:assign", POST, LEAD, READ_CASE, **APPEAL, data=_other_reviewer, stage="reviewed"),
    row("appeals:review", POST, REVIEWER, READ_CASE, **APPEAL, data=CHECKLIST, stage="reviewed"),
    row("appeals:reject", POST, REVIEWER, READ_CASE, **APPEAL,
        data={"because": "duplicate", "reason": "重复"}, stage="reviewed"),
    row("appeals:recheck", POST, REVIEWER, READ_CASE, **APPEAL, data={"note": "数据无误"},
        stage="rechecked"),
    row("appeals:name-evaluator", POST, LEAD, READ_CASE, **APPEAL, data=_evaluator,
        stage="violated"),
    row("appeals:re-evaluate", POST, INSPECTOR, READ_CASE, **APPEAL,
        data=_points(RE_EVALUATION), stage="re_evaluated"),
    row("appeals:schedule", POST, REVIEWER, IN_MEETING, **APPEAL,
        data={"held_at": "2026-11-11T10:00", "place": "三楼"}, stage="called"),
    row("appeals:propose", POST, REVIEWER, IN_MEETING, **APPEAL, data=MINUTES, stage="called"),
    row("appeals:confirm", POST, AGENT | SUPERVISOR | REVIEWER, IN_MEETING, **APPEAL,
        data={"round": "1", "agrees": "yes"}, stage="proposed"),
    row("appeals:seat-panel", POST, CHAIR, IN_MEETING, **APPEAL, data=_panel,
        stage="disagreed"),
    row("appeals:step-back", POST, REVIEWER, READ_CASE, **APPEAL, data=REASON, stage="reviewed"),
    row("appeals:vote", POST, ARBITER, IN_ARBITRATION, **APPEAL, data=VOTE, stage="seated"),
    row("appeals:publish", POST, CHAIR, IN_ARBITRATION, **APPEAL,
        data={"decision": "经合议决定。", "reason_code": "data_error"}, stage="voted"),
    row("appeals:extend", POST, LEAD, READ_CASE, **APPEAL, data={**REASON, "days": "3"},
        stage="reviewed"),
]  # fmt: skip

# The same rights for programs. Whoever has no role has no use for the API. Auditors give the
# reason that pages ask them for.
API = [
    row("api:schema", GET, SIGNED_IN),
    row("api:docs", GET, SIGNED_IN),
    row("api:indicators", GET, MEMBERS, STRANGER),
    row("api:schemes", GET, MEMBERS, STRANGER),
    row("api:scheme", GET, READ_ACTIVE, STRANGER, **ACTIVE),
    row("api:scheme", GET, WRITE | AUDITOR, STRANGER, **DRAFT),
    row("api:scheme-check", GET, READ_ACTIVE, STRANGER, **ACTIVE),
    row("api:scheme-check", GET, WRITE | AUDITOR, STRANGER, **DRAFT),
    row("api:scheme-file-check", POST, SUPERVISORS | HR, REST, data={"yaml": SCHEME_FILE}),
    row("api:periods", GET, MEMBERS, STRANGER),
    row("api:scorecards", GET, MEMBERS - AUDITOR, STRANGER | AUDITOR),
    row("api:scorecards", GET, MEMBERS, STRANGER, query="?reason=audit"),
    row("api:scorecard", GET, READ_CARD - AUDITOR, STRANGER | AUDITOR, period="period",
        agent="number"),
    row("api:scorecard", GET, READ_CARD, STRANGER, period="period", agent="number",
        query="?reason=audit"),
    row("api:scorecard", GET, SUPERVISOR | HR, STRANGER, period="september", agent="number",
        query="?reason=audit", stage="calculated"),
    row("api:tickets", GET, MEMBERS - AUDITOR, STRANGER | AUDITOR),
    row("api:ticket-batch", POST, HR | ADMIN, REST),
    row("api:appeals", GET, MEMBERS - AUDITOR, STRANGER | AUDITOR),
    row("api:appeals", GET, MEMBERS, STRANGER, query="?reason=audit"),
    row("api:appeal", GET, READ_CASE - AUDITOR, STRANGER | AUDITOR, **APPEAL, stage="reviewed"),
    row("api:appeal", GET, READ_CASE, STRANGER, **APPEAL, query="?reason=audit", stage="reviewed"),
]  # fmt: skip

TABLE: list[Row] = [
    *OPEN_TO_ALL, *OWN_ACCOUNT, *HOME, *PEOPLE, *SETTINGS, *TRAIL, *DATA, *SCHEMES, *LIBRARY,
    *PERIODS, *CORRECTIONS, *CARDS, *APPEALS, *AROUND_APPEALS, *API,
]  # fmt: skip
