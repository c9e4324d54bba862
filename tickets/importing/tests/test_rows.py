"""What becomes of single rows: rejected with a reason, or taken in after a stated change."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_portal.people.models import Alias
from kpi_portal.people.tests.factories import make_employee
from tickets.importing.tests.factories import HEADER, ROW, import_tickets, make_csv, make_xlsx
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

GOOD = "T9,李伟,2026-10-12 10:00:00,"
WIDE = f"{HEADER},处理时长,一级分类,重开次数,更新时间"

REJECTED = [
    ("feb30", "T1,李伟,2026-02-30 10:00:00,", "not_a_date", "创建时间"),
    ("iso week", "T1,李伟,2026-W01-5,", "not_a_date", "创建时间"),
    ("year 26", "T1,李伟,0026-10-12,", "date_out_of_range", "创建时间"),
    ("future", "T1,李伟,2026-12-24 10:00:00,", "in_the_future", "创建时间"),
    ("24:00", "T1,李伟,2026-10-12 24:00,", "not_a_date", "创建时间"),
    ("no creation", "T1,李伟,,", "missing", "创建时间"),
    ("no id", ",李伟,2026-10-12,", "missing", "工单号"),
    ("long number", "1.23E+17,李伟,2026-10-12,", "precision_lost", "工单号"),
    ("long id", f"{'x' * 101},李伟,2026-10-12,", "too_long", "工单号"),
    ("too few cells", "T1,李伟", "too_few_cells", ""),
    ("too many cells", "T1,李伟,2026-10-12,,x", "too_many_cells", ""),
    ("quote inside", 'T1,李"伟,2026-10-12,', "bad_quotes", ""),
    ("backslash quote", '"T\\"1",李伟,2026-10-12,', "bad_quotes", ""),
    ("NUL", "T1,李\0伟,2026-10-12,", "nul", ""),
    ("control character", "T1,李\x1b伟,2026-10-12,", "control_characters", "客服"),
    ("total", "合计,,,", "total_row", ""),
    ("comment", "# exported by X,,,", "missing", "创建时间"),
    ("header again", HEADER, "repeated_header", ""),
    ("error cell", "T1,#N/A,2026-10-12,", "error_cell", "客服"),
    ("long cell", f"T1,李伟,2026-10-12,{'x' * 40_000}", "cell_too_long", ""),
]


@pytest.mark.parametrize(
    ("row", "key", "column"), [each[1:] for each in REJECTED], ids=[each[0] for each in REJECTED]
)
def test_the_row_is_rejected_and_the_others_come_in(
    row: str, key: str, column: str, tmp_path: Path
) -> None:
    outcome = import_tickets(make_csv(tmp_path / "a.csv", row, GOOD))

    assert [(each.row, each.key, each.column) for each in outcome.findings.problems] == [
        (2, key, column)
    ]
    assert Ticket.objects.get().external_id == "T9"


WIDE_REJECTED = [
    ("T1,李伟,2026-10-12,,-5,,,", "negative", "处理时长"),
    ("T1,李伟,2026-10-12,,NaN,,,", "not_a_duration", "处理时长"),
    ("T1,李伟,2026-10-12,,,,1.5,", "not_whole", "重开次数"),
    ("T1,李伟,2026-10-12,,,,-1,", "negative", "重开次数"),
    ("T1,李伟,2026-10-12,,,,1_0,", "not_a_number", "重开次数"),
    (f"T1,李伟,2026-10-12,,,{'x' * 101},,", "too_long", "一级分类"),
]


@pytest.mark.parametrize(("row", "key", "column"), WIDE_REJECTED)
def test_values_that_cannot_be_are_rejected(
    row: str, key: str, column: str, tmp_path: Path
) -> None:
    outcome = import_tickets(make_csv(tmp_path / "a.csv", row, GOOD + ",,,,", header=WIDE))

    assert [(each.key, each.column) for each in outcome.findings.problems] == [(key, column)]


def test_one_bad_byte_rejects_its_row_only(tmp_path: Path) -> None:
    lines = [f"T{n},李伟,2026-10-12 10:00:00," for n in range(600)]
    data = "\n".join([HEADER, *lines]).encode().replace(b"T500,", b"T5\xff00,")
    path = tmp_path / "bad_byte.csv"
    path.write_bytes(data)

    outcome = import_tickets(path)

    assert [(each.row, each.key) for each in outcome.findings.problems] == [(502, "bad_bytes")]
    assert Ticket.objects.count() == 599


def test_the_second_of_two_rows_with_one_number_is_rejected(tmp_path: Path) -> None:
    outcome = import_tickets(make_csv(tmp_path / "a.csv", ROW, ROW))

    problem = outcome.findings.problems[0]
    assert (problem.row, problem.key, problem.params) == (3, "duplicate", {"first": 2})
    assert (outcome.counts.created, outcome.findings.rejected) == (1, 1)


def test_an_unknown_agent_rejects_the_row(tmp_path: Path) -> None:
    outcome = import_tickets(make_csv(tmp_path / "a.csv", ROW), create_agents=False)

    assert outcome.findings.problems[0].key == "unknown_agent"
    assert outcome.unknown == {"李伟": 1}


def test_agents_are_found_by_number_name_and_alias(tmp_path: Path) -> None:
    by_number, by_name = make_employee("E1", "甲"), make_employee("E2", "李（策划）")
    by_alias = make_employee("E3", "丙")
    Alias.objects.create(source="test", text="小丙", employee=by_alias)
    rows = [f"T{n},{who},2026-10-12," for n, who in enumerate(("E1", "李(策划)", "小丙"))]

    import_tickets(make_csv(tmp_path / "a.csv", *rows), create_agents=False)

    agents = list(Ticket.objects.order_by("external_id").values_list("agent_id", flat=True))
    assert agents == [by_number.pk, by_name.pk, by_alias.pk]


def test_one_name_of_two_people_is_no_name(tmp_path: Path) -> None:
    make_employee("E1", "李伟")
    make_employee("E2", "李伟")

    outcome = import_tickets(make_csv(tmp_path / "a.csv", ROW))

    assert outcome.findings.problems[0].key == "ambiguous_agent"


def test_a_letter_that_only_looks_the_same_is_another_agent(tmp_path: Path) -> None:
    make_employee("A001")

    row = "T1,А001,2026-10-12,"  # the А is Cyrillic
    outcome = import_tickets(make_csv(tmp_path / "a.csv", row), create_agents=False)

    assert outcome.findings.problems[0].key == "unknown_agent"


def test_nobody_works_before_being_hired_or_after_leaving(tmp_path: Path) -> None:
    make_employee("E1", hired_on=date(2026, 10, 1), left_on=date(2026, 10, 20))
    rows = ["T1,E1,2026-09-01,", "T2,E1,2026-10-10,", "T3,E1,2026-10-25,"]

    outcome = import_tickets(make_csv(tmp_path / "a.csv", *rows))

    assert [each.row for each in outcome.findings.problems] == [2, 4]


def test_people_named_like_nothing_are_people(tmp_path: Path) -> None:
    rows = [f"T{n},{who},2026-10-12," for n, who in enumerate(("NA", "null", "None"))]

    import_tickets(make_csv(tmp_path / "a.csv", *rows))

    names = Ticket.objects.order_by("external_id").values_list("agent__number", flat=True)
    assert list(names) == ["NA", "null", "None"]


def test_a_ticket_without_agent_counts_for_who_answered_first(tmp_path: Path) -> None:
    header = "工单号,客服,首次响应客服,创建时间"

    outcome = import_tickets(
        make_csv(tmp_path / "a.csv", "T1,,李伟,2026-10-12", "T2,,,2026-10-12", header=header)
    )

    first, nobody = Ticket.objects.order_by("external_id")
    assert (first.agent, str(first.first_owner)) == (None, "李伟 李伟")
    assert nobody.first_owner is None
    assert outcome.findings.warnings["no_owner"] == 1


def same(name: str, content: bytes) -> tuple[str, Callable[[Path], Path]]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return name, make


TEXT = f"{HEADER}\n{ROW}\n"
SAME = [
    same("utf8.csv", TEXT.encode()),
    same("bom.csv", TEXT.encode("utf-8-sig")),
    same("gbk.csv", TEXT.encode("gbk")),
    same("gb18030.csv", TEXT.encode("gb18030")),
    same("utf16.csv", TEXT.encode("utf-16")),
    same("packed.csv.gz", gzip.compress(TEXT.encode())),
    same("no_newline_at_end.csv", TEXT.rstrip().encode()),
    same("tab.tsv", TEXT.replace(",", "\t").encode()),
    same("semicolon.csv", TEXT.replace(",", ";").encode()),
    same("pipe.csv", TEXT.replace(",", "|").encode()),
    same("sep.csv", ("sep=;\n" + TEXT.replace(",", ";")).encode()),
    same("cr.csv", TEXT.replace("\n", "\r").encode()),
    same("crlf.csv", TEXT.replace("\n", "\r\n").encode()),
    same("blank_lines.csv", TEXT.replace("\n", "\n\n").encode()),
    same("trailing_comma.csv", TEXT.replace("\n", ",\n").encode()),
    same("quoted.csv", TEXT.replace("李伟", '"李伟"').encode()),
    same("title_above.csv", ("十月工单导出,,,\n" + TEXT).encode()),
    same("wide.csv", TEXT.replace("工单号", "　工单号 ").replace("2026", "２０２６").encode()),
    same("zero_width.csv", TEXT.replace("T1", "T\u200b1").encode()),
    same("reordered.csv", "创建时间,工单号,首次响应时间,客服,手机号备注\n"
                          "2026-10-12 10:00:00,T1,2026-10-12 10:01:00,李伟,x\n".encode()),
    same("zone.csv", TEXT.replace("10:00:00", "02:00:00Z").replace("10:01:00", "02:01:00Z")
         .encode()),
]  # fmt: skip


@pytest.mark.parametrize("make", [make for _n, make in SAME], ids=[name for name, _m in SAME])
def test_the_same_ticket_in_another_form_is_the_same(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    outcome = import_tickets(make(tmp_path))

    ticket = Ticket.objects.get()
    assert (outcome.findings.rows, outcome.counts.created) == (1, 1)
    assert (ticket.external_id, ticket.agent and ticket.agent.number) == ("T1", "李伟")
    assert ticket.created_at == datetime(2026, 10, 12, 2, tzinfo=UTC)
    assert ticket.frt_s == 60


def test_a_workbook_with_date_cells_is_read(tmp_path: Path) -> None:
    moment = datetime(2026, 10, 12, 10)  # noqa: DTZ001
    rows: list[list[Any]] = [HEADER.split(","), [1024, "李伟", moment, ""], ["", "", "", ""]]

    import_tickets(make_xlsx(tmp_path / "a.xlsx", rows))

    ticket = Ticket.objects.get()
    assert (ticket.external_id, ticket.created_at.hour) == ("1024", 2)


def test_a_long_number_that_a_sheet_has_rounded_is_refused(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADER.split(","), [1.234567890123e17, "李伟", "2026-10-12", ""]]

    outcome = import_tickets(make_xlsx(tmp_path / "a.xlsx", rows))

    assert outcome.findings.problems[0].key == "precision_lost"


def test_mixed_orders_of_day_and_month_reject_unless_one_is_chosen(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "T1,李伟,25/12/2025,", "T2,李伟,12/25/2025,")

    assert import_tickets(path, dry=True).findings.rejected == 2
    assert import_tickets(path, dry=True, date_order="dmy").findings.rejected == 1


def test_day_and_month_are_decided_on_the_whole_column(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "T1,李伟,01/02/2026,", "T2,李伟,25/02/2026,")

    outcome = import_tickets(path)

    assert outcome.found.plan.orders == {"创建时间": "dmy"}
    assert Ticket.objects.get(external_id="T1").created_at == datetime(2026, 1, 31, 16, tzinfo=UTC)


def test_a_doubled_header_can_be_chosen_by_its_place(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", "T1,2026-10-12,甲,乙", header="工单号,创建时间,分类,分类")

    import_tickets(path, columns={"category": "分类#2"})

    assert Ticket.objects.get().category == "乙"


def test_escaped_values_of_the_rejected_rows_come_back_as_they_were(tmp_path: Path) -> None:
    header = f"{HEADER},一级分类"

    import_tickets(make_csv(tmp_path / "a.csv", f"{GOOD},'=1+1", header=header))

    assert Ticket.objects.get().category == "=1+1"


def test_previews_and_rejections_show_no_customer(tmp_path: Path) -> None:
    row = "T1,李伟,2026-10-12,,张三丰,13812345678 来电"
    header = f"{HEADER},客户,备注"

    outcome = import_tickets(make_csv(tmp_path / "a.csv", row, header=header), dry=True)

    shown = outcome.found.preview[0]
    assert (shown[4], shown[5]) == ("张*", "138****5678 来电")


def test_a_dry_run_counts_what_the_import_does_and_writes_nothing(tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", ROW, "T2,李伟,2026-13-01,")

    dry = import_tickets(path, dry=True)

    assert not Ticket.objects.exists()
    wet = import_tickets(path)
    assert {**dry.to_json(), "dry_run": False} == wet.to_json()
