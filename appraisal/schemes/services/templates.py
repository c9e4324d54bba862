"""Published policies become schemes of the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.models import SchemeVersion
from appraisal.schemes.content import Content, ItemContent, Whom, scaled
from appraisal.schemes.services.drafts import create_scheme
from appraisal.schemes.services.library import seed_indicators
from appraisal.templates_catalogue import Template, TemplateItem, companions, keys, template
from kpi_portal.core.errors import DomainError
from kpi_portal.people.models import User

SUFFIXES = {
    "month": {"zh-hans": "", "zh-hant": "", "en": ""},
    "quarter": {"zh-hans": "（季度）", "zh-hant": "（季度）", "en": " (quarter)"},
    "year": {"zh-hans": "（年度）", "zh-hant": "（年度）", "en": " (year)"},
}


class UnknownTemplate(DomainError):
    """There is no template of that key."""

    code = "template_unknown"


def find_template(key: str) -> Template:
    """The template of that key. Raises UnknownTemplate, TemplateError."""
    try:
        return template(key)
    except KeyError as error:
        known = [name for policy in keys() for name in (policy, *companions(policy))]
        raise UnknownTemplate(
            _("There is no template “%(key)s”. There are: %(keys)s.")
            % {"key": key, "keys": ", ".join(known)}
        ) from error


def template_content(
    found: Template, cycle: str, *, coverage: Sequence[Whom] = (), scale: bool = False
) -> Content:
    """What a draft from this template says; with `scale` the weights total 100.00."""
    content = Content(
        items=tuple(item_from(item) for item in found.items),
        bands=found.bands,
        maximum=found.maximum,
        coefficient_mode=found.coefficient_mode,
        coefficient_table=found.coefficient_table,
        rollup=found.rollup,
        blend_share=found.blend_share,
        parts=found.parts,
        newcomer_months=found.newcomer_months,
        missing_limit=found.missing_limit,
        min_days=found.min_days[cycle],
        note=found.note,
        coverage=tuple(coverage),
    )
    return scaled(content) if scale else content


def item_from(item: TemplateItem) -> ItemContent:
    """An item of a file as an item of a scheme."""
    return ItemContent(
        indicator=item.indicator,
        category=item.category,
        params=dict(item.params),
        rule=item.rule,
        rule_params=dict(item.rule_params),
        weight=item.weight,
        missing_policy=item.missing_policy,
        min_sample=item.min_sample,
        part=item.part,
    )


def scheme_key(template_key: str, cycle: str) -> str:
    """The key of the scheme of a template and cycle: `complaints`, `complaints-quarter`."""
    return template_key if cycle == "month" else f"{template_key}-{cycle}"


def scheme_names(found: Template, cycle: str) -> Mapping[str, str]:
    """The template's names, with the cycle where it is not the month."""
    return {code: f"{name}{SUFFIXES[cycle][code]}" for code, name in found.names.items()}


@transaction.atomic
def create_from_template(
    key: str,
    *,
    cycle: str,
    coverage: Sequence[Whom],
    by: User | None,
    at: datetime,
    scale: bool = False,
    new_key: str = "",
    names: Mapping[str, str] | None = None,
) -> SchemeVersion:
    """A new scheme with a first draft as published (or scaled); fills the indicator library.

    Raises UnknownTemplate, TemplateError, Invalid.
    """
    found = find_template(key)
    seed_indicators(by=by)
    return create_scheme(
        key=new_key or scheme_key(key, cycle),
        cycle=cycle,
        names=names or scheme_names(found, cycle),
        content=template_content(found, cycle, coverage=coverage, scale=scale),
        by=by,
        at=at,
        subject=found.subject,
        template=key,
    )
