"""Errors that services raise and doors translate. Input errors belong to forms, not here."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """An act that the state of things does not allow.

    `code` is stable for clients; `message` is a translated sentence for people that says what,
    where and what to do; `status` the HTTP status; `fields` maps a field to its sentence.
    """

    code = "refused"
    status = 400

    def __init__(self, message: Any, *, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class Conflict(DomainError):
    """Somebody else was faster, or the state has moved on."""

    code = "conflict"
    status = 409


class NotAllowed(DomainError):
    """This person may not do this to an object that they may see."""

    code = "not_allowed"
    status = 403


class TransientError(Exception):
    """The outside world failed; trying again may help."""
