"""From texts to requests: `frt_within?threshold=60&channel=chat,hotline`."""

from collections.abc import Mapping
from urllib.parse import unquote_plus

from django.utils.translation import gettext as _

from appraisal.metrics.base import Filters, Level, Metric, MetricRequest
from appraisal.metrics.parameters import BadMetric, one_of
from appraisal.metrics.registry import METRICS
from tickets.models import Ticket

CLOSED_FILTERS = {"channel": Ticket.Channel, "kind": Ticket.Kind}


def parse_argument(text: str) -> MetricRequest:
    """The request that a command argument spells out.

    Parameters follow a `?`, URL-encoded, joined by `&`. A filter's values are joined by commas;
    a comma inside a value is written %252C. Raises BadMetric with a sentence.
    """
    key, _mark, query = text.partition("?")
    params: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals:
            raise BadMetric(_("“%(part)s”: write a parameter as name=value.") % {"part": part})
        if name in params:
            raise BadMetric(_("%(name)s is given twice.") % {"name": name})
        params[name] = unquote_plus(value)
    return request(key, params)


def request(key: str, params: Mapping[str, str] | None = None) -> MetricRequest:
    """The request for metric `key` with parameters, filters and `level` as texts.

    Left-out parameters take their defaults. In a filter, commas separate the values of which a
    record needs one; a comma inside a value is written %2C. Raises BadMetric with a sentence.
    """
    given = {name: str(value) for name, value in (params or {}).items()}
    metric = METRICS.get(key)
    if metric is None:
        raise BadMetric(
            _("There is no metric “%(key)s”. There are: %(keys)s.")
            % {"key": key, "keys": ", ".join(METRICS)}
        )
    level = Level(_read_level(metric, given.pop("level", Level.AGENT)))
    unknown = [name for name in given if name not in metric.allowed]
    if unknown:
        raise BadMetric(
            _("%(metric)s has no parameter “%(name)s”. It takes: %(allowed)s.")
            % {"metric": key, "name": unknown[0], "allowed": ", ".join(metric.allowed)}
        )
    return MetricRequest(key, _read_params(metric, given), _read_filters(metric, given), level)


def _read_level(metric: Metric, text: str) -> str:
    return one_of("level", dict.fromkeys(metric.levels))(text)


def _read_params(metric: Metric, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    values = []
    for param in metric.params:
        text = given.get(param.name, param.default)
        if text is None:
            raise BadMetric(
                _("%(metric)s needs %(name)s (%(label)s).")
                % {"metric": metric.key, "name": param.name, "label": param.label}
            )
        values.append((param.name, param.read(text.strip())))
    return tuple(sorted(values))


def _read_filters(metric: Metric, given: Mapping[str, str]) -> Filters:
    return tuple(
        (name, _read_values(name, given[name])) for name in sorted(metric.filters) if name in given
    )


def _read_values(name: str, text: str) -> tuple[str, ...]:
    values = {part.strip().replace("%2C", ",") for part in text.split(",")} - {""}
    if not values:
        raise BadMetric(_("%(name)s is empty. Leave it out or name a value.") % {"name": name})
    if name in CLOSED_FILTERS:
        for value in values:
            one_of(name, dict.fromkeys(CLOSED_FILTERS[name].values))(value)
    return tuple(sorted(values))
