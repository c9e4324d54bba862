"""Every metric of the catalogue, against an independent reckoning in pandas, to four decimals."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from appraisal.metrics import METRICS, Level, collect, parse_argument
from appraisal.metrics.tests import catalogue_pandas as reckoning
from appraisal.metrics.tests import world as company
from appraisal.metrics.tests.facts import CUTOFF, END, OCTOBER, START
from appraisal.metrics.tests.pandas_rows import Figure, View

# 2-indicators: from records, from people's assessments, recorded.
CATALOGUE = [
    "frt_mean", "frt_median", "frt_within", "frt_timeout", "aht_full", "aht_active",
    "talk_mean", "cycle_time", "return_time", "sla_met", "onsite_on_time", "fcr", "one_touch",
    "first_owner", "resolution", "escalation", "transfer", "reopen", "error", "mishandled",
    "rework", "first_pass", "kb_reuse", "complaint_rate", "repeat_complaint", "refund_dispute",
    "csat_mean", "csat_top", "complaint_csat", "csi", "nps", "survey_response", "repurchase",
    "suggestion", "accessibility", "self_service", "coverage", "root_cause", "rectified",
    "volume", "qa_score", "qa_item", "review360", "exam", "mystery", "recorded", "formula",
]  # fmt: skip
# Measured by collectors of their own; the tests named beside them know the answers by hand.
OF_THEIR_OWN = {
    "accessibility": "test_volumes", "self_service": "test_volumes", "coverage": "test_volumes",
    "rectified": "test_volumes", "qa_score": "test_assessments", "qa_item": "test_assessments",
    "review360": "test_assessments", "exam": "test_assessments", "mystery": "test_assessments",
    "recorded": "test_assessments", "formula": "test_formula",
}  # fmt: skip
OTHERS = [
    "csi", "csi?dimension=attitude", "csi?dimension=attitude:50,outcome:30,speed:20",
    "complaint_rate", "refund_dispute",
]  # fmt: skip
ARGUMENTS = [*reckoning.RECIPES, *OTHERS]
CUTOFFS = [CUTOFF, END - timedelta(days=4)]


def test_the_metrics_are_those_of_the_catalogue() -> None:
    assert set(METRICS) == set(CATALOGUE)
    assert len(CATALOGUE) == len(set(CATALOGUE))


def test_every_metric_is_reckoned_again() -> None:
    covered = {argument.partition("?")[0] for argument in ARGUMENTS}

    assert covered | OF_THEIR_OWN.keys() == set(CATALOGUE)
    assert not covered & OF_THEIR_OWN.keys()


@pytest.mark.django_db
def test_the_product_and_pandas_agree() -> None:
    world = company.build()
    compared = 0
    for cutoff in CUTOFFS:
        view = View(*(pd.Timestamp(each) for each in (START, END, cutoff)))
        for level in (Level.AGENT, Level.DEPARTMENT):
            compared += _compared(world, view, level, cutoff)

    assert compared > 700


def _compared(world: company.World, view: View, level: Level, cutoff: datetime) -> int:
    """How many figures are equal; those that are not stop the test."""
    requests = {text: parse_argument(text).at(level) for text in ARGUMENTS}
    found = collect(requests.values(), OCTOBER, cutoff)
    compared = 0
    for text, request in requests.items():
        if text in ("complaint_rate", "refund_dispute") and cutoff != CUTOFF:
            continue  # orders are cut off by days: held elsewhere
        told = {
            _owner(owner, each.is_department_line, world): Figure(
                each.value, each.sample, {str(k): n for k, n in each.reasons.items()}
            )
            for owner, each in found[request].items()
        }
        assert told == reckoning.figures(text, world, view, str(level)), (text, cutoff)
        assert any(each.value is not None for each in told.values()), text
        compared += len(told)
    return compared


def _owner(owner: int, is_line: bool, world: Any) -> int:
    """A department's line stands under the department, whoever's it is."""
    if not is_line:
        return owner
    second: int = world.departments[1]
    return -second
