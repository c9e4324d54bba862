"""The list of all metrics, in the order in which people see them."""

from collections.abc import Mapping

from appraisal.metrics import (
    aftermath,
    answers,
    assessments,
    durations,
    formula_metric,
    orders,
    quality,
    recorded,
    tickets,
    volumes,
)
from appraisal.metrics.base import Metric

METRICS: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        *durations.METRICS,
        *tickets.METRICS,
        *quality.METRICS,
        *aftermath.METRICS,
        *answers.METRICS,
        *orders.METRICS,
        *volumes.METRICS,
        *assessments.METRICS,
        *recorded.METRICS,
        *formula_metric.METRICS,
    )
}
