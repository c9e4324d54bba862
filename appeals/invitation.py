"""The three-party meeting as a calendar file. Pure text, no database.

iCalendar (RFC 5545): CRLF, lines of at most 75 octets, one UID for all invitations of a case,
so that a later one replaces the earlier in the reader's calendar. It names the case, the time
and the place; no person, no result.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MEETING_LASTS = timedelta(hours=1)
LINE = 75  # octets without the line break
STAMP = "%Y%m%dT%H%M%SZ"
LOCAL = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`sequence` counts the invitations of one case from 0; `starts_at` is aware."""

    number: str
    title: str
    place: str
    url: str
    starts_at: datetime
    sequence: int
    sent_at: datetime


def as_ics(invitation: Invitation, zone: ZoneInfo) -> bytes:
    """The file, times in the company's zone."""
    starts = invitation.starts_at.astimezone(zone)
    ends = starts + MEETING_LASTS
    name = str(zone)
    offset = starts.strftime("%z")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//KPI Portal//Appeals//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VTIMEZONE",
        f"TZID:{name}",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        f"UID:{invitation.number}.meeting@kpi-portal",
        f"SEQUENCE:{invitation.sequence}",
        f"DTSTAMP:{invitation.sent_at.astimezone(UTC).strftime(STAMP)}",
        f"DTSTART;TZID={name}:{starts.strftime(LOCAL)}",
        f"DTEND;TZID={name}:{ends.strftime(LOCAL)}",
        f"SUMMARY:{_escaped(invitation.title)}",
        f"URL:{invitation.url}",
        "STATUS:CONFIRMED",
        "CLASS:CONFIDENTIAL",
    ]
    if invitation.place:
        lines.append(f"LOCATION:{_escaped(invitation.place)}")
    lines += ["END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(_folded(line) for line in lines).encode()


def _escaped(text: str) -> str:
    """TEXT of RFC 5545 section 3.3.11; a line break cannot begin another property."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """Section 3.1: continued lines begin with a blank; no character is cut in two."""
    parts, part, room = [], "", LINE
    for character in line:
        size = len(character.encode())
        if len(part.encode()) + size > room:
            parts.append(part)
            part, room = "", LINE - 1
        part += character
    return "\r\n ".join([*parts, part])
