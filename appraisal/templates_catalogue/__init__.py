"""The published policies as data, and the indicator library, read by one checked loader."""

from appraisal.templates_catalogue.loader import (
    LIBRARY,
    companions,
    keys,
    library,
    read,
    template,
)
from appraisal.templates_catalogue.reader import FileProblem, TemplateError
from appraisal.templates_catalogue.shapes import (
    IndicatorSpec,
    OptionalItem,
    Template,
    TemplateItem,
)

__all__ = [
    "LIBRARY",
    "FileProblem",
    "IndicatorSpec",
    "OptionalItem",
    "Template",
    "TemplateError",
    "TemplateItem",
    "companions",
    "keys",
    "library",
    "read",
    "template",
]
