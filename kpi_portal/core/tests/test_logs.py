"""Log lines: one JSON object each, with the request id, and nobody's numbers in them."""

import io
import json
import logging
import logging.config
from typing import Any

import pytest

from kpi_portal.core import logs


@pytest.fixture
def lines() -> Any:
    """What a logger configured like the portal's writes; a function that gives the objects."""
    stream = io.StringIO()
    config = logs.logging_config("INFO")
    config["handlers"]["stderr"]["stream"] = stream
    config["root"] = {}
    config["loggers"] = {
        "tested": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    }
    config["incremental"] = False
    logging.config.dictConfig({**config, "root": {"handlers": [], "level": "WARNING"}})
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("call +86 138 1234 5678", "call 138****5678"),
        ("mail zhang.san@example.com", "mail z***@example.com"),
        ("id 11010519900307123X", "id 110*************3X"),
        ("card 6222021234567890123", "card 6222********0123"),
        ("ticket 20261101000123 took 1380 ms", "ticket 20261101000123 took 1380 ms"),
    ],
)
def test_people_are_masked_and_other_numbers_stay(text: str, shown: str) -> None:
    assert logs.masked(text) == shown


def test_a_line_break_stays_inside_its_line(lines: Any) -> None:
    logging.getLogger("tested").warning('first\n{"level": "forged"}')

    (line,) = lines()
    assert line["message"].startswith("first\n")
    assert line["level"] == "warning"


def test_a_traceback_is_one_line_and_masked(lines: Any) -> None:
    try:
        raise ValueError("13812345678")
    except ValueError:
        logging.getLogger("tested").exception("failed")

    (line,) = lines()
    assert "ValueError: 138****5678" in line["exception"]


def test_the_request_id_is_on_every_line_inside(lines: Any) -> None:
    with logs.request_id("abc-12345"):
        logging.getLogger("tested").info("inside")
    logging.getLogger("tested").info("outside")

    inside, outside = lines()
    assert inside["request_id"] == "abc-12345"
    assert "request_id" not in outside
    assert inside["timestamp"].endswith("Z")
