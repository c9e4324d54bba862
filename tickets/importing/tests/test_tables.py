"""The small tables around tickets: what each takes in, what it refuses and why, and twice."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi_portal.people.models import Assignment, Department, Employee, Leave
from tickets.importing.tests.factories import make_csv, run_command
from tickets.models import (
    ContactVolume,
    CustomerOrder,
    Import,
    OrderVolume,
    Rectification,
    SelfServiceSession,
)

pytestmark = pytest.mark.django_db

COUNTS = ("rows", "created", "updated", "unchanged", "rejected")


def people() -> tuple[Employee, Department]:
    department = Department.objects.create(code="ONLINE", name="在线客服")
    agent = Employee.objects.create(number="E1", name="李伟")
    Assignment.objects.create(employee=agent, department=department, start_on=date(2026, 1, 1))
    return agent, department


def run(
    path: Path, command: str, header: str, *rows: str, options: tuple[str, ...] = ()
) -> tuple[int, list[int], list[str]]:
    """(exit code, counts, sentences of the rejections)."""
    file = make_csv(path / f"{command}.csv", *rows, header=header)
    code, document, error = run_command(f"import_{command}", file, *options)
    assert document, error
    return (
        code,
        [document[name] for name in COUNTS],
        [each["reason"] for each in document["rejections"]],
    )


def twice(path: Path, command: str, header: str, *rows: str, options: Any = ()) -> None:
    """A second import of the same file changes nothing."""
    _code, counts, _reasons = run(path, command, header, *rows, options=options)
    assert counts[1:3] == [0, 0]


ORDERS = "日期,部门,工号,订单数,退款数"


def test_order_volumes(tmp_path: Path) -> None:
    agent, department = people()
    rows = ("2026-10-01,在线客服,,420,12", "2026-10-01,,E1,30,", "2026/10/02,ONLINE,,,3",
            "2026-10-03,仓储部,,10,1", "2026-10-01,ONLINE,,7,7", "2026-10-04,,,9,1",
            "2026-10-05,ONLINE,,-4,")  # fmt: skip

    code, counts, reasons = run(tmp_path, "orders", ORDERS, *rows)

    assert (code, counts) == (1, [7, 2, 0, 0, 5])
    stored = OrderVolume.objects.values_list("day", "department", "agent", "orders", "refunds")
    assert set(stored) == {
        (date(2026, 10, 1), department.pk, None, 420, 12),
        (date(2026, 10, 1), department.pk, agent.pk, 30, 0),
    }
    assert [text in reason for text, reason in zip(
        ("订单数", "仓储部", "2", "部门", "-4"), reasons, strict=True)] == [True] * 5  # fmt: skip
    twice(tmp_path, "orders", ORDERS, *rows)
    assert run(tmp_path, "orders", ORDERS, "2026-10-01,在线客服,,421,12")[1][2] == 1


CONTACTS = "日期,部门,渠道,呼入量,接通量,计划服务时长,实际服务时长(小时)"


def test_contact_volumes(tmp_path: Path) -> None:
    people()
    rows = ("2026-10-01,ONLINE,热线,100,90,9,8.5", "2026-10-01,,在线,50,50,,",
            "2026-10-02,ONLINE,热线,10,11,,", "2026-10-03,ONLINE,热线,10,,,",
            "2026-10-04,ONLINE,热线,,,,", "2026-10-05,ONLINE,热线,,,600分钟,9:30:00")  # fmt: skip

    code, counts, reasons = run(tmp_path, "contacts", CONTACTS, *rows)

    assert (code, counts) == (1, [6, 3, 0, 0, 3])
    first, last = ContactVolume.objects.filter(channel="hotline").order_by("day")
    assert (first.offered, first.planned_minutes, first.offered_minutes) == (100, 540, 510)
    assert (last.offered, last.planned_minutes, last.offered_minutes) == (None, 600, 570)
    assert ContactVolume.objects.get(department=None).channel == "chat"
    assert "11" in reasons[0] and "接通量" in reasons[1]
    twice(tmp_path, "contacts", CONTACTS, *rows)


def test_orders_of_customers_keep_no_customer(tmp_path: Path) -> None:
    header = "订单号,客户手机号,下单时间"
    rows = ("O1,13812345678,2026-10-01 10:00:00", "O2,,2026-10-01", "O3,13812345678,昨天",
            "O1,13900000000,2026-10-02")  # fmt: skip
    options = ("--source", "shop")

    code, counts, _reasons = run(tmp_path, "customer_orders", header, *rows, options=options)

    assert (code, counts) == (1, [4, 1, 0, 0, 3])
    order = CustomerOrder.objects.get()
    assert order.customer_mask == "138****5678" and len(order.customer_hash) == 32
    twice(tmp_path, "customer_orders", header, *rows, options=options)
    assert run_command("import_customer_orders", tmp_path / "customer_orders.csv")[0] == 2


def test_self_service_sessions(tmp_path: Path) -> None:
    _agent, department = people()
    header = "会话ID,开始时间,客户,渠道,部门"
    rows = ("S1,2026-10-01 10:00:00,13812345678,在线,ONLINE", "S2,2026-10-01 11:00,,APP,",
            "S3,2036-10-01 10:00:00,1,在线,ONLINE")  # fmt: skip
    options = ("--source", "bot")

    code, counts, reasons = run(tmp_path, "sessions", header, *rows, options=options)

    assert (code, counts) == (1, [3, 2, 0, 0, 1])
    assert SelfServiceSession.objects.get(external_id="S1").department == department
    assert SelfServiceSession.objects.get(external_id="S2").customer_hash == ""
    assert "2036" in reasons[0]
    twice(tmp_path, "sessions", header, *rows, options=options)


def test_rectifications(tmp_path: Path) -> None:
    agent, _department = people()
    header = "整改编号,原因,整改措施,部门,责任人,提出日期,截止日期,完成日期"
    rows = ("Z1,物流延误,换承运商,ONLINE,李伟,2026-09-01,2026-10-15,2026-10-14",
            "Z2,流程,,ONLINE,,2026-09-01,2026-08-01,", "Z3,流程,,ONLINE,,,2026-10-31,",
            "Z4,流程,,,,,2026-10-31,", "Z5,流程,,ONLINE,王五,,2026-10-31,")  # fmt: skip
    options = ("--source", "oa")

    code, counts, reasons = run(tmp_path, "rectifications", header, *rows, options=options)

    assert (code, counts) == (1, [5, 2, 0, 0, 3])
    done = Rectification.objects.get(external_id="Z1")
    assert (done.owner, done.done_on) == (agent, date(2026, 10, 14))
    assert "2026-08-01" in reasons[0] and "部门" in reasons[1] and "王五" in reasons[2]
    twice(tmp_path, "rectifications", header, *rows, options=options)
    later = "Z3,流程,,ONLINE,,,2026-10-31,2026-10-30"
    assert run(tmp_path, "rectifications", header, later, options=options)[1][2] == 1


def test_absences(tmp_path: Path) -> None:
    agent, _department = people()
    header = "工号,开始日期,结束日期,请假类型"
    rows = ("E1,2026-10-08,2026-10-10,年假", "E1,2026-10-10,2026-10-12,病假",
            "E1,2026-10-20,2026-10-19,事假", "E9,2026-10-20,2026-10-20,事假")  # fmt: skip

    code, counts, reasons = run(tmp_path, "leave", header, *rows)

    assert (code, counts) == (1, [4, 1, 0, 0, 3])
    leave = Leave.objects.get()
    assert (leave.employee, leave.end_on, leave.kind) == (agent, date(2026, 10, 11), "年假")
    assert "2026-10-08" in reasons[0] and "E9" in reasons[2]
    twice(tmp_path, "leave", header, *rows)
    assert run(tmp_path, "leave", header, "E1,2026-10-08,2026-10-10,调休")[1][2] == 1


def test_a_dry_run_counts_and_leaves_no_trace(tmp_path: Path) -> None:
    people()

    code, counts, _reasons = run(
        tmp_path, "orders", ORDERS, "2026-10-01,ONLINE,,420,12", "x,ONLINE,,1,",
        options=("--dry-run",),
    )  # fmt: skip

    assert (code, counts) == (1, [2, 1, 0, 0, 1])
    assert not OrderVolume.objects.exists() and not Import.objects.exists()


def test_a_table_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    people()
    path = make_csv(tmp_path / "a.csv", "2026-10-01,ONLINE", header="日期,部门")

    code, _document, error = run_command("import_orders", path)

    assert code == 2 and "orders" in error


def test_an_import_is_kept_with_its_file_and_rejections(tmp_path: Path) -> None:
    people()

    run(tmp_path, "orders", ORDERS, "2026-10-01,ONLINE,,420,12", "2026-10-02,X,,1,")

    kept = Import.objects.get()
    assert (kept.kind, kept.state, kept.rows, kept.rejected) == ("orders", "done", 2, 1)
    assert kept.rejections.get().reason_key == "unknown_department"
    assert kept.rejected_file is not None
    assert kept.control["months"] == {"2026-10": 1}
