"""Metric values in the shape of the `metric_values` command (13-contracts)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appraisal.metrics.arguments import parse_argument
from appraisal.metrics.base import Level, Measurement
from appraisal.metrics.collecting import collect
from kpi_portal.core.decimals import exact_text
from kpi_portal.core.time import Window
from kpi_portal.people.models import Department, Employee
from kpi_portal.people.queries import local_date, provisional_years


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One line of the list. `agent`: an employee no., at department level a department's code."""

    agent: str
    metric: str
    measurement: Measurement

    def as_json(self) -> dict[str, Any]:
        """Decimals as text; the value has four decimals, a numerator that does not end has ten."""
        found = self.measurement
        return {
            "agent": self.agent,
            "metric": self.metric,
            "value": None if found.value is None else f"{found.value:f}",
            "numerator": exact_text(found.numerator),
            "denominator": exact_text(found.denominator),
            "sample": found.sample,
            "left_out": found.left_out,
            "left_out_reasons": {str(reason): n for reason, n in found.reasons.items()},
        }


def metric_values(arguments: Sequence[str], window: Window, cutoff: datetime) -> list[MetricValue]:
    """The values of every metric argument, ordered by argument, then by agent.

    Raises BadMetric.
    """
    requests = {text: parse_argument(text) for text in sorted(set(arguments))}
    measured = collect(requests.values(), window, cutoff)
    names = {
        Level.AGENT: _names(Employee, "number"),
        Level.DEPARTMENT: _names(Department, "code"),
    }
    return [
        MetricValue(name, text, measurement)
        for text, request in requests.items()
        for name, measurement in _named(measured[request], names[request.level])
    ]


def warnings(arguments: Sequence[str], window: Window) -> list[str]:
    """What is to be known about the figures of a window: service hours on days not announced.

    Raises BadMetric.
    """
    if not any(("clock", "working") in parse_argument(text).params for text in arguments):
        return []
    years = range(local_date(window.start).year, local_date(window.end).year + 1)
    return [
        _(
            "The statutory days of %(year)s are not announced yet: figures by service hours are "
            "provisional."
        )
        % {"year": year}
        for year in provisional_years()
        if year in years
    ]


def _names(model: type[Employee] | type[Department], field: str) -> dict[int, str]:
    return dict(model._default_manager.order_by().values_list("id", field))


def _named(
    measured: Mapping[int, Measurement], names: Mapping[int, str]
) -> list[tuple[str, Measurement]]:
    return sorted((names[key], found) for key, found in measured.items())
