"""Conflicts of interest, C1 to C6, as one table: every way to get a stake × every part."""

import pytest

from appeals.eligibility import Capacity, conflicts, eligible_users
from appeals.tests.factories import NOW, make_case
from appeals.tests.stakes import TABLE
from appeals.tests.stakes_of_rank import ALL, A, C, E, L, O, R, Setup
from kpi_portal.people.tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("setup", "staked"),
    [(setup, staked) for _rule, setup, staked in TABLE],
    ids=[f"{rule}-{setup.__name__}" for rule, setup, _staked in TABLE],
)
def test_a_stake_keeps_from_acting(setup: Setup, staked: tuple[Capacity, ...]) -> None:
    case = make_case("data_recheck")
    user = setup(case)
    appeal = case.reload()

    found = {part: conflicts(user, appeal, part, NOW) for part in ALL}

    assert {part: bool(keys) for part, keys in found.items()} == {
        part: part in staked for part in ALL
    }, found
    offered = {part: user in eligible_users(appeal, part, NOW) for part in ALL}
    assert offered == {part: part not in staked for part in ALL}


def test_the_table_is_large_enough() -> None:
    """Cells of the table: ways to get a stake, or none, × parts. The goal is 150."""
    assert len(TABLE) * len(ALL) >= 300


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        ("agent", (O,)),
        ("supervisor", (E, O)),
        ("inspector", (E, O)),
        ("hr", (R, E, O)),
        ("hr_lead", (R, E, L, O)),
        ("committee", (A, O)),
        ("chair", (A, C, O)),
        ("admin", (O,)),
        ("auditor", (O,)),
    ],
)
def test_each_part_needs_its_role(role: str, parts: tuple[Capacity, ...]) -> None:
    case = make_case("submitted")
    user = make_person(role, number="X001")

    allowed = tuple(part for part in ALL if not conflicts(user, case.appeal, part, NOW))

    assert allowed == parts
