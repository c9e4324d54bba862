"""The meeting around its confirmations: invitations, calendar file, minutes, its last second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from appeals.deadlines import ends_at
from appeals.errors import AppealIncomplete, DeadlinePassed
from appeals.invitation import Invitation, as_ics
from appeals.models import MinutesVersion, State
from appeals.services import clock, meeting
from appeals.tests import factories as make
from appeals.tests.factories import NOW, Case, make_case
from kpi_portal.core.errors import NotAllowed
from kpi_portal.people.models import Notice, User

SHANGHAI = ZoneInfo("Asia/Shanghai")


def invitation(**changes: object) -> Invitation:
    given = {
        "number": "A-2026-0001",
        "title": "三方会议 A-2026-0001",
        "place": "三楼; 会议室,A\\B\nATTENDEE:x",
        "url": "https://kpi.example/appeals/A-2026-0001/",
        "starts_at": datetime(2026, 11, 11, 2, tzinfo=UTC),
        "sequence": 1,
        "sent_at": datetime(2026, 11, 6, 3, tzinfo=UTC),
    } | changes
    return Invitation(**given)  # type: ignore[arg-type]


def test_the_calendar_file_follows_the_standard() -> None:
    text = as_ics(invitation(), SHANGHAI).decode()
    lines = text.split("\r\n")

    assert text.endswith("END:VCALENDAR\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "UID:A-2026-0001.meeting@kpi-portal" in lines
    assert "SEQUENCE:1" in lines
    assert "DTSTART;TZID=Asia/Shanghai:20261111T100000" in lines
    assert "DTEND;TZID=Asia/Shanghai:20261111T110000" in lines
    assert "TZOFFSETTO:+0800" in lines
    assert "DTSTAMP:20261106T030000Z" in lines
    assert "LOCATION:三楼\\; 会议室\\,A\\\\B\\nATTENDEE:x" in lines


def test_long_lines_are_folded_between_characters() -> None:
    text = as_ics(invitation(place="会议室" * 60), SHANGHAI).decode()

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "LOCATION:" + "会议室" * 60 in text.replace("\r\n ", "")


@pytest.mark.django_db
class TestOfACase:
    def ics(self, case: Case, user: User) -> tuple[int, str]:
        client = Client(headers={"accept-language": "zh-CN"})
        with time_machine.travel(NOW, tick=False):
            client.force_login(user)
            response = client.get(reverse("appeals:invitation", args=[case.appeal.number]))
        return response.status_code, response.content.decode()

    def test_the_parties_get_it_and_it_names_nobody(self) -> None:
        case = make_case("meeting")
        assert self.ics(case, case.agent)[0] == 404  # no date yet
        make.schedule(case)

        for user in (case.agent, case.supervisor, case.reviewer):
            status, text = self.ics(case, user)
            assert status == 200
            assert case.appeal.number in text
            for name in ("李伟", "陈静", "王芳", "80.56", "A001"):
                assert name not in text
        assert self.ics(case, case.chair)[0] == 404

    def test_a_second_invitation_replaces_the_first_and_is_told_again(self) -> None:
        case = make_case("meeting")
        make.schedule(case)
        make.schedule(case)  # same hour and place: whoever missed it is asked again

        assert "SEQUENCE:1" in self.ics(case, case.agent)[1]
        told = Notice.objects.filter(kind="appeals.meeting", user=case.agent).count()
        assert told == 3  # called without a date, then two invitations
        notes = case.reload().steps.filter(act="schedule_meeting").values_list("note", flat=True)
        assert list(notes) == ["2026-11-09 09:00 三楼会议室"] * 2

    @pytest.mark.parametrize("days", [-1, 8])
    def test_a_date_outside_of_the_step_is_refused(self, days: int) -> None:
        case = make_case("meeting")

        with pytest.raises(AppealIncomplete) as refused:
            meeting.schedule(
                case.appeal, held_at=NOW + timedelta(days=days), place="", by=case.reviewer, at=NOW
            )
        assert "held_at" in refused.value.fields

    def test_only_the_reviewer_invites(self) -> None:
        case = make_case("meeting")

        with pytest.raises(NotAllowed):
            meeting.schedule(
                case.appeal, held_at=NOW + timedelta(days=1), place="", by=case.lead, at=NOW
            )

    def test_every_version_of_the_minutes_stays(self) -> None:
        case = make_case("meeting")
        make.propose(case, "85.00")
        make.propose(case, None)

        rows = list(MinutesVersion.objects.values_list("round", "points"))
        assert rows == [(1, {str(case.lines[0].pk): "85.00"}), (2, {})]
        with pytest.raises(DatabaseError), transaction.atomic():
            MinutesVersion.objects.update(minutes="anders")
        with time_machine.travel(NOW, tick=False):
            client = Client(headers={"accept-language": "en"})
            client.force_login(case.agent)
            page = client.get(reverse("appeals:detail", args=[case.appeal.number]))
        assert "85.00" in page.content.decode()

    def test_the_deadline_shown_is_enforced_to_the_second(self) -> None:
        case = make_case("meeting")
        make.propose(case)
        due = case.reload().due_on
        assert due is not None
        end = ends_at(due)
        assert end.astimezone(SHANGHAI).strftime("%H:%M:%S") == "00:00:00"

        def say(user: User, at: datetime) -> None:
            meeting.confirm(case.appeal, round_=1, agrees=True, comment="", by=user, at=at)

        say(case.agent, end - timedelta(seconds=1))
        with pytest.raises(DeadlinePassed):
            say(case.supervisor, end)
        assert clock.run(end - timedelta(seconds=1))["lapsed"] == 0
        assert clock.run(end)["lapsed"] == 1
        assert clock.run(end)["lapsed"] == 0
        assert case.reload().state == State.ARBITRATION
