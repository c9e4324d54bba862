"""The published policies as data, and the indicator library, read by one checked loader."""

from appraisal.templates_catalogue.loader import (
    LIBRARY,
    IndicatorSpec,
    OptionalItem,
    Template,
    TemplateError,
    keys,
    library,
    template,
)

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
