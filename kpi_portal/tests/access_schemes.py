"""Who gets what from the addresses of schemes and of the indicator library."""

from typing import Any

from kpi_portal.tests.access_rows import (
    ADMIN,
    AUDITOR,
    BOTH,
    COMMITTEE,
    GET,
    HR,
    NOBODY,
    POST,
    REST,
    SIGNED_IN,
    SUPERVISOR,
    SUPERVISORS,
    TEAM,
    row,
)

# Rows 10 to 14 and C8. The active scheme covers 在线客服, the draft and the submitted version
# are the supervisor's; the committee sees what it decides on and has decided.
ACTIVE: dict[str, Any] = {"key": "scheme", "number": "version"}
DRAFT: dict[str, Any] = {"key": "draft", "number": "first"}
PENDING: dict[str, Any] = {"key": "pending", "number": "first"}
READ_ACTIVE = TEAM | SUPERVISOR | HR | COMMITTEE | ADMIN | AUDITOR
WRITE = SUPERVISOR | HR
READ_PENDING = WRITE | COMMITTEE | AUDITOR
ONE_ITEM = {"items-count": "1", "items-0-indicator": "frt_mean"}
SCHEMES = [
    row("appraisal:schemes", GET, SIGNED_IN),
    row("appraisal:scheme_new", BOTH, SUPERVISORS | HR, REST),
    row("appraisal:scheme_import", BOTH, SUPERVISORS | HR, REST),
    row("appraisal:scheme_newest", GET, READ_ACTIVE, key="scheme"),
    row("appraisal:scheme_newest", GET, WRITE | AUDITOR, key="draft"),
    row("appraisal:scheme_version", GET, READ_ACTIVE, **ACTIVE),
    row("appraisal:scheme_version", GET, WRITE | AUDITOR, **DRAFT),
    row("appraisal:scheme_version", GET, READ_PENDING, **PENDING),
    row("appraisal:scheme_file", GET, READ_ACTIVE, **ACTIVE),
    row("appraisal:scheme_file", GET, WRITE | AUDITOR, **DRAFT),
    row("appraisal:scheme_compare", GET, READ_ACTIVE, **ACTIVE, other="version"),
    row("appraisal:scheme_edit", BOTH, WRITE, AUDITOR, **DRAFT),
    row("appraisal:scheme_edit", BOTH, NOBODY, READ_ACTIVE, **ACTIVE),
    row("appraisal:scheme_item", POST, WRITE, AUDITOR, **DRAFT, data=ONE_ITEM, query="?row=0"),
    row("appraisal:scheme_draft", POST, WRITE, READ_ACTIVE, **ACTIVE),
    row("appraisal:scheme_discard", POST, WRITE, AUDITOR, **DRAFT, data={"lock": "0"}),
    row("appraisal:scheme_submit", BOTH, WRITE, AUDITOR, **DRAFT),
    row("appraisal:scheme_withdraw", POST, WRITE, READ_PENDING, **PENDING),
    row("appraisal:scheme_decide", BOTH, COMMITTEE, READ_PENDING, **PENDING),
    row("appraisal:scheme_confirm", POST, TEAM | SUPERVISOR, READ_ACTIVE, **ACTIVE),
]

# The indicator library holds no results: everybody reads it. HR and administrators change it,
# whoever drafts schemes adds to it.
SCHEME_FILE = "key: a\nnames: {zh-hans: 甲}\nbands: [{key: b, name: {zh-hans: 乙}, lower: null}]"
LIBRARY = [
    row("appraisal:indicators", GET, SIGNED_IN),
    row("appraisal:indicator", GET, SIGNED_IN, code="indicator"),
    row("appraisal:indicator_new", GET, SUPERVISORS | HR | ADMIN, REST),
    row("appraisal:indicator_new", BOTH, SUPERVISORS | HR | ADMIN, REST, query="?metric=recorded"),
    row("appraisal:indicator_edit", BOTH, HR | ADMIN, REST, code="indicator"),
    row("appraisal:indicator_check", POST, SUPERVISORS | HR | ADMIN, REST),
]
