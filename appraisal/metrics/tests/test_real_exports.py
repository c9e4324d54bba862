"""Every agent and month of the four sample exports, against pandas, to four decimals."""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Max, Min

from appraisal.metrics.listing import metric_values
from appraisal.metrics.tests import independent_pandas as pandas
from appraisal.periods import calendar
from kpi_portal.people.queries import local_date, zone
from surveys.models import SatisfactionAnswer
from tickets.models import Ticket

SAMPLES = Path(os.environ.get("KPI_SAMPLE_DIR") or settings.BASE_DIR.parent / "shared" / "data")
QIYU = SAMPLES / "qiyu_workorders_zh"
WEEK, OTHER = QIYU / "企业工单导出-一周.xls", QIYU / "企业工单导出-115.xls"
SHOP = SAMPLES / "shopzilla_csat" / "Customer_support_data_sample20.csv.gz"
CALLS = SAMPLES / "pwc_call_center" / "01 Call-Center-Dataset.xlsx"
ZENDESK = SAMPLES / "zendesk_small" / "zendesk_tickets.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real_exports,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample exports in {SAMPLES}"),
]


def take_in(command: str, path: Path, **options: Any) -> None:
    call_command(command, str(path), create_agents=True, json=True, stdout=StringIO(), **options)


def measured(metric: str) -> pandas.Figures:
    """The product's value of every agent of every month from the first fact to the last."""
    spans = [
        Ticket.objects.aggregate(first=Min("created_at"), last=Max("created_at")),
        Ticket.objects.aggregate(first=Min("resolved_at"), last=Max("resolved_at")),
        SatisfactionAnswer.objects.aggregate(first=Min("answered_at"), last=Max("answered_at")),
    ]
    month = calendar.containing(
        min(local_date(span["first"]) for span in spans if span["first"]), "month", 1
    )
    last = max(local_date(span["last"]) for span in spans if span["last"])
    found: pandas.Figures = {}
    while calendar.dates(month, 1)[0] <= last:
        cutoff = calendar.cutoff(calendar.cutoff_on(month, 1, 3), zone())
        for line in metric_values([metric], calendar.window(month, 1, zone()), cutoff):
            if line.measurement.value is not None:
                found[(str(month), line.agent)] = str(line.measurement.value)
        month = calendar.following(month)
    return found


@pytest.mark.parametrize(
    ("imports", "reckon"),
    [
        ([("import_tickets", WEEK), ("import_tickets", OTHER)],
         lambda: pandas.qiyu(WEEK, OTHER)),
        ([("import_tickets", OTHER), ("import_tickets", WEEK)],
         lambda: pandas.qiyu(WEEK, OTHER)),
        ([("import_tickets", SHOP), ("import_satisfaction", SHOP)],
         lambda: pandas.shopzilla(SHOP)),
        ([("import_tickets", CALLS), ("import_satisfaction", CALLS)],
         lambda: pandas.calls(CALLS)),
        ([("import_tickets", ZENDESK)], lambda: pandas.zendesk(ZENDESK)),
    ],
    ids=["qiyu", "qiyu, the other order", "shopzilla", "calls", "zendesk"],
)  # fmt: skip
def test_every_agent_and_month_as_pandas_has_it(
    imports: list[tuple[str, Path]], reckon: Callable[[], dict[str, pandas.Figures]]
) -> None:
    for command, path in imports:
        is_scored = command == "import_satisfaction"
        options = {"scale": 5} if is_scored else {}
        take_in(command, path, source="sample", **options)

    for metric, figures in reckon().items():
        assert figures, metric
        assert measured(metric) == figures, metric
