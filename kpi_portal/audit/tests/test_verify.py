"""Tampering behind the application's back is found."""

import json
import random
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from kpi_portal.audit import anchor, services
from kpi_portal.audit.models import Event, Head
from kpi_portal.audit.tests.factories import attack, make_trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commits_at_once(monkeypatch: Any) -> None:
    """The file is written after a commit; inside a test's transaction that is at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, **options: act())


def kinds() -> set[str]:
    return {finding.kind for finding in services.verify().findings}


def test_an_untouched_trail_is_intact() -> None:
    make_trail(5)

    result = services.verify()

    assert result.is_intact
    assert (result.events, result.head) == (5, 5)
    assert list(Event.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


def test_an_empty_trail_is_intact() -> None:
    assert services.verify().is_intact


def test_sealing_again_changes_nothing() -> None:
    make_trail(3)
    before = list(Event.objects.order_by("id").values_list("hash", flat=True))

    assert services.seal() == 0
    assert list(Event.objects.order_by("id").values_list("hash", flat=True)) == before


SWAP_CONTENTS = (
    "UPDATE audit_event SET reason = 'tmp' WHERE sequence = 2",
    "UPDATE audit_event SET act = (SELECT e.act FROM audit_event e WHERE e.sequence = 5) "
    "WHERE sequence = 3",
)
SWAP_PLACES = (
    "UPDATE audit_event SET sequence = -1 WHERE sequence = 2",
    "UPDATE audit_event SET sequence = 2 WHERE sequence = 3",
    "UPDATE audit_event SET sequence = 3 WHERE sequence = -1",
)
INSERT = (
    "UPDATE audit_event SET sequence = sequence + 100 WHERE sequence >= 3",
    "UPDATE audit_event SET sequence = sequence - 99 WHERE sequence >= 100",
    "INSERT INTO audit_event (at, actor_name, act, object_type, object_id, before, after, reason,"
    " request_id, sequence, previous_hash, hash) SELECT at, actor_name, act, object_type,"
    " object_id, before, after, reason, request_id, 3, previous_hash, 'f' || substr(hash, 2)"
    " FROM audit_event WHERE sequence = 2",
)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_event SET reason = 'x' WHERE sequence = 3"], "altered"),
        (["UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE sequence = 3"], "altered"),
        (["UPDATE audit_event SET after = '{}' WHERE sequence = 3"], "altered"),
        (["UPDATE audit_event SET actor_name = 'x' WHERE sequence = 6"], "altered"),
        (["UPDATE audit_event SET hash = 'f' || substr(hash, 2)"], "altered"),
        (["UPDATE audit_event SET previous_hash = 'f' WHERE sequence = 1"], "out_of_order"),
        (["DELETE FROM audit_event WHERE sequence = 1"], "missing"),
        (["DELETE FROM audit_event WHERE sequence = 4"], "missing"),
        (["DELETE FROM audit_event WHERE sequence = 6"], "head"),
        (SWAP_CONTENTS, "altered"),
        (SWAP_PLACES, "altered"),
        (INSERT, "altered"),
        (["DELETE FROM audit_event"], "head"),
    ],
)
def test_an_attack_is_found(statements: Any, found: str) -> None:
    make_trail(6)

    attack(*statements)

    assert found in kinds()


def test_a_tail_cut_together_with_the_head_row_is_found_by_the_file() -> None:
    make_trail(6)

    attack(
        "DELETE FROM audit_event WHERE sequence > 4",
        "UPDATE audit_head SET sequence = 4,"
        " hash = (SELECT hash FROM audit_event WHERE sequence = 4)",
    )

    assert kinds() == {"cut"}


def test_a_table_rolled_back_and_written_on_is_found_by_the_file() -> None:
    make_trail(4)
    yesterday = "SELECT hash FROM audit_event WHERE sequence = 2"
    attack(
        "DELETE FROM audit_event WHERE sequence > 2",
        f"UPDATE audit_head SET sequence = 2, hash = ({yesterday})",
    )
    make_trail(5)

    assert kinds() == {"replaced"}


def test_an_event_opened_and_sealed_again_is_found_by_the_file() -> None:
    make_trail(4)
    before_last = "SELECT hash FROM audit_event WHERE sequence = 3"
    attack(
        f"UPDATE audit_head SET sequence = 3, hash = ({before_last})",
        "UPDATE audit_event SET sequence = NULL, hash = '', previous_hash = '', reason = 'x' "
        "WHERE sequence = 4",
    )
    services.seal()
    make_trail(3)

    assert kinds() == {"replaced"}


def test_a_forged_file_is_found() -> None:
    make_trail(2)
    anchor.path().write_text(json.dumps({"sequence": 1, "hash": "0" * 64, "hmac": "0" * 64}))

    assert kinds() == {"anchor_forged"}


def test_a_file_that_is_gone_is_found_until_an_operator_writes_it_anew() -> None:
    make_trail(2)
    anchor.path().unlink()

    assert kinds() == {"anchor_missing"}

    services.anchor_anew()

    assert services.verify().is_intact


def test_another_key_fits_nowhere(settings: Any) -> None:
    make_trail(2)
    settings.AUDIT_KEY = "another"

    assert {"altered", "anchor_forged"} <= kinds()


def test_two_hundred_random_edits_are_all_found() -> None:
    make_trail(30)
    draw = random.Random(7)
    columns = ("act", "object_type", "object_id", "reason", "actor_name", "request_id")

    for attempt in range(200):
        point = transaction.savepoint()
        column, sequence = draw.choice(columns), draw.randint(1, 30)
        attack(f"UPDATE audit_event SET {column} = 'x{attempt}' WHERE sequence = {sequence}")
        assert [finding.sequence for finding in services.verify().findings] == [sequence]
        transaction.savepoint_rollback(point)


def test_a_second_sealer_that_comes_too_late_seals_nothing(monkeypatch: Any) -> None:
    """Between the reading of the head and the claim another sealer takes the same events."""
    services.record("x.y", ("thing", "1"), actor=None)
    links = services._links
    raced: list[int] = []

    def other_first(*args: Any) -> Any:
        result = links(*args)
        if not raced:
            raced.append(1)
            assert services.seal() == 1
        return result

    monkeypatch.setattr(services, "_links", other_first)

    assert services._seal_batch() == 0
    assert services.verify().is_intact
    assert Head.objects.get().sequence == 1


def test_the_command_says_what_it_found_and_exits_with_1() -> None:
    make_trail(3)
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "intact": True, "events": 3, "head": 3, "found": 0, "findings": [],
    }  # fmt: skip

    attack("UPDATE audit_event SET reason = 'x' WHERE sequence = 2")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json", stdout=out)

    assert ended.value.code == 1
    assert json.loads(out.getvalue())["findings"] == [{"sequence": 2, "kind": "altered"}]


def test_the_command_seals_first() -> None:
    services.record("x.y", ("thing", "1"), actor=None)

    call_command("verify_audit", stdout=StringIO())

    assert Event.objects.get().sequence == 1


def test_the_guards_are_back_after_an_attack() -> None:
    make_trail(1)
    attack("UPDATE audit_event SET reason = 'x'")

    with (
        pytest.raises(DatabaseError, match="audit"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_event")
