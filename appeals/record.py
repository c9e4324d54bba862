"""The whole record of a case as one page to print, with an index and digests.

What a reader finds in it is what they may read on the page of the case. `document` is that as
plain data; its canonical text (UTF-8, keys sorted, no blanks) has the SHA-256 that the printed
page shows, and is handed out as a file, so that the digest can be checked by any tool. It does not
depend on the language.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appeals.models import Appeal
from appeals.pages import detail
from kpi_portal.audit.chain import plain
from kpi_portal.people.models import User
from kpi_portal.people.queries import zone


def context(appeal: Appeal, viewer: User, now: datetime) -> dict[str, Any]:
    """The page's context: that of the case without any form, and the record's digest."""
    shown = detail(appeal, viewer, now)
    content = document(appeal, shown)
    return {
        **{key: value for key, value in shown.items() if not key.endswith("_form")},
        "events": list(reversed(shown["events"])),
        "digest": digest(content),
        "printed_at": now,
        "printed_by": viewer,
    }


def document(appeal: Appeal, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The record as data. `shown` is the context of the case's page for the reader."""
    return {
        "number": appeal.number,
        "agent": appeal.employee.number,
        "period": appeal.period.code,
        "revision": appeal.scorecard.revision,
        "state": appeal.state,
        "topics": appeal.topics,
        "grounds": appeal.grounds,
        "statement": appeal.statement,
        "request": appeal.request,
        "lines": [_line(row) for row in shown["rows"]],
        "findings": [
            {"question": row.question, "kept": row.is_kept, "reason": row.reason}
            for row in shown["findings"]
        ],
        "recheck": {"note": appeal.recheck_note, "figures": dict(shown["figures"])},
        "meeting": _meeting(shown),
        "votes": [
            {"vote": row.vote, "figures": {str(k): v for k, v in row.figures.items()}}
            for row in shown["votes"]
            if row.vote
        ],
        "decision": appeal.decision,
        "reason_code": appeal.reason_code,
        "result_revision": appeal.result.revision if appeal.result else None,
        "dissent": shown["dissent"],
        "files": [
            {"name": row.file.name, "size": row.file.size, "sha256": row.sha256}
            for row in shown["evidence"]
        ],
        "steps": [
            {"act": step.act, "from": step.from_state,
             "to": step.to_state, "at": step.at.astimezone(zone()), "note": step.note}
            for step in appeal.steps.order_by("id")
        ],
    }  # fmt: skip


def _line(row: Any) -> dict[str, Any]:
    line = row.line
    return {
        "position": line.position,
        "metric": line.metric,
        "value": line.value,
        "points": line.points,
        "claim": row.claim,
        "recheck": row.fresh,
        "proposed": row.proposed,
        "decided": row.decided,
    }


def _meeting(shown: Mapping[str, Any]) -> dict[str, Any] | None:
    meeting = shown.get("meeting")
    if meeting is None:
        return None
    return {
        "held_at": meeting.held_at,
        "place": meeting.place,
        "round": meeting.round,
        "minutes": meeting.minutes,
        "proposal": [
            {"position": row.line.position, "points": row.points} for row in shown["proposals"]
        ],
        "answers": [
            {"party": said.party, "agrees": said.agrees, "comment": said.comment}
            for _party, _name, said in shown["parties"]
            if said
        ],
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one text of a record; what differs in nothing else has the same bytes."""
    return json.dumps(
        plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of `canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()
