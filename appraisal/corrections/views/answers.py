"""Calling a service from a form: what it refuses comes back as the form's errors."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from kpi_portal.core.errors import DomainError, NotAllowed

Answer = TypeVar("Answer")


def take(form: forms.Form, act: Callable[[], Answer]) -> Answer | None:
    """What the act gives; None where it refused, the reason then stands on the form.

    That somebody may not do it at all goes through to the page for that.
    """
    try:
        return act()
    except NotAllowed:
        raise
    except DomainError as error:
        known = {name: text for name, text in error.fields.items() if name in form.fields}
        for name, text in known.items():
            form.add_error(name, str(text))
        if not known:
            form.add_error(None, str(error.message))
        return None
