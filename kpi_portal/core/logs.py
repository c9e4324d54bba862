"""Log lines: one JSON object each, UTC, with the request id, and nothing that names a person."""

import logging
import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog

Line = MutableMapping[str, Any]

_request_id: ContextVar[str] = ContextVar("request_id", default="")

# The longest pattern first: an ID number contains digits that look like a telephone.
_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])([1-9]\d{2})\d{3}(?:18|19|20)\d{2}[01]\d[0-3]\d\d{2}(\d[\dXx])(?![0-9A-Za-z])"
)
_CARD = re.compile(r"(?<!\d)([3-6]\d{3})\d{8,11}(\d{4})(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_MAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")


def current_request_id() -> str:
    """The id of the request (or job) at work in this context; empty outside of one."""
    return _request_id.get()


@contextmanager
def request_id(value: str) -> Iterator[None]:
    """Everything logged inside carries `value` (at most 36 characters)."""
    token = _request_id.set(value)
    try:
        yield
    finally:
        _request_id.reset(token)


def masked(text: str) -> str:
    """`text` with telephone, ID and card numbers and mail addresses made unreadable."""
    text = _ID_NUMBER.sub(r"\1*************\2", text)
    text = _CARD.sub(r"\1********\2", text)
    text = _PHONE.sub(r"\1****\2", text)
    return _MAIL.sub(r"\1***@\2", text)


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _mask(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(item) for item in value]
    return value


def _mask_people(_logger: Any, _name: str, line: Line) -> Line:
    return {key: _mask(value) for key, value in line.items()}


def _add_request_id(_logger: Any, _name: str, line: Line) -> Line:
    if current_request_id():
        line.setdefault("request_id", current_request_id())
    return line


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    # Of a record's extras only these: Django adds the whole request.
    structlog.stdlib.ExtraAdder(allow=["status_code", "job", "kind", "count", "ms", "line"]),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_request_id,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def logging_config(level: int | str) -> dict[str, Any]:
    """Django's LOGGING: JSON lines on standard error. A newline in a value is written as \\n."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.EventRenamer("message"),
                    _mask_people,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                ],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "null": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print each line a second time.
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            "django.server": {"handlers": ["null"], "propagate": False},
            # A wrong Host header is a stray robot; its access line says 400.
            "django.security.DisallowedHost": {"handlers": ["null"], "propagate": False},
            "py.warnings": {"level": logging.ERROR},
            "celery.beat": {"level": max(logging.WARNING, _number(level))},
        },
    }


def _number(level: int | str) -> int:
    return level if isinstance(level, int) else logging.getLevelNamesMapping()[level.upper()]
