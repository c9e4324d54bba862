"""The published policies as data, and the indicator library, read by one checked loader."""

from appraisal.templates_catalogue.loader import (
    LIBRARY,
    IndicatorSpec,
    OptionalItem,
    Template,
    keys,
    library,
    template,
)
from appraisal.templates_catalogue.reader import TemplateError

__all__ = [
    "LIBRARY",
    "IndicatorSpec",
    "OptionalItem",
    "Template",
    "TemplateError",
    "keys",
    "library",
    "template",
]
