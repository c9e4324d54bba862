"""What may be asked, and what those hear who ask wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.metrics import METRICS, BadMetric, Level, parse_argument, request


def test_defaults_are_filled_in_and_order_does_not_matter() -> None:
    assert parse_argument("csat_top") == parse_argument("csat_top?threshold=80.0")
    assert parse_argument("aht_full") == parse_argument("aht_full?until=resolved&clock=calendar")
    one = parse_argument("frt_within?threshold=060&channel=hotline,chat")
    other = parse_argument("frt_within?channel=chat,hotline,chat&threshold=60")
    assert one == other
    assert hash(one) == hash(other)


def test_texts_are_decoded() -> None:
    found = parse_argument("frt_mean?category=%E9%80%80+%E8%B4%A7,a%252Cb&level=department")

    assert found.filters == (("category", ("a,b", "退 货")),)
    assert found.level is Level.DEPARTMENT


@pytest.mark.parametrize(
    "text",
    [
        "nope", "", "FRT_MEAN", "frt_mean?threshold=60", "frt_within", "frt_timeout",
        "frt_within?threshold=", "frt_within?threshold=-1", "frt_within?threshold=1.5",
        "frt_within?threshold=99999999999", "csat_top?threshold=100.01", "csat_top?threshold=1e1",
        "csat_top?threshold=80.123", "repeat_complaint?window=0", "repeat_complaint?window=1d",
        "frt_mean?clock=lunar", "aht_full?until=never",
        "frt_mean?channel=phone", "frt_mean?kind=rant", "frt_mean?channel=", "frt_mean?tag=,",
        "frt_mean?channel", "frt_mean?level=galaxy", "frt_mean?channel=chat&channel=app",
        "csat_mean?colour=red",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(BadMetric) as refusal:
        parse_argument(text)

    assert str(refusal.value.message)


def test_a_sentence_says_what_is_missing() -> None:
    with pytest.raises(BadMetric, match=r"frt_within.*threshold"):
        request("frt_within", {})


@given(
    st.lists(st.text(min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=3),
    st.sampled_from(["category", "tag", "priority", "service_type"]),
)
def test_an_argument_reads_back_as_its_request(values: list[str], name: str) -> None:
    text = ",".join(value.replace(",", "%2C") for value in values)
    asked = request("frt_mean", {name: text})

    assert parse_argument(asked.argument) == asked


def test_every_metric_is_fully_declared() -> None:
    for key, metric in METRICS.items():
        assert metric.key == key
        assert all((metric.label, metric.definition, metric.unit, metric.source)), key
        assert metric.allowed or metric.collect
