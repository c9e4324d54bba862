"""Metrics: what can be measured of people's work, and measuring it.

`METRICS` declares them; `parse_argument` and `request` say which one is meant; `collect` and its
two siblings measure everybody at once; `records` lists what is behind one measurement.
"""

from appraisal.metrics.arguments import parse_argument, request
from appraisal.metrics.base import (
    NO_DATA,
    REASON_LABELS,
    UNIT_LABELS,
    Anchor,
    Direction,
    Level,
    Measurement,
    Metric,
    MetricRequest,
    Owner,
    Reason,
    Shape,
    Unit,
)
from appraisal.metrics.collecting import collect, measure_company, measure_departments
from appraisal.metrics.parameters import BadMetric
from appraisal.metrics.record_lists import RecordList
from appraisal.metrics.records import records
from appraisal.metrics.registry import METRICS

__all__ = [
    "METRICS",
    "NO_DATA",
    "REASON_LABELS",
    "UNIT_LABELS",
    "Anchor",
    "BadMetric",
    "Direction",
    "Level",
    "Measurement",
    "Metric",
    "MetricRequest",
    "Owner",
    "Reason",
    "RecordList",
    "Shape",
    "Unit",
    "collect",
    "measure_company",
    "measure_departments",
    "parse_argument",
    "records",
    "request",
]
