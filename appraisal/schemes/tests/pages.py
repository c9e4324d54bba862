"""What the tests of pages share: addresses, and what an untouched editor would post."""

from django.urls import reverse

from appraisal.models import SchemeVersion
from appraisal.schemes.content import content_of
from appraisal.schemes.services.drafts import fresh


def at(name: str, version: SchemeVersion, *more: object) -> str:
    return reverse(f"appraisal:{name}", args=[version.scheme.key, version.number, *more])


def form_of(version: SchemeVersion, **changes: object) -> dict[str, object]:
    """What the editor of an untouched draft with `make_item` items would post."""
    content = content_of(fresh(version.pk))
    data: dict[str, object] = {
        "lock": version.lock,
        "items-count": len(content.items),
        "bands-count": len(content.bands),
        "settings-maximum": str(content.maximum),
        "settings-coefficient_mode": content.coefficient_mode,
        "settings-missing_limit": str(content.missing_limit),
        "settings-min_days": content.min_days,
        "coverage": [str(department) for department, _position in content.coverage],
    }
    for place, item in enumerate(content.items):
        data |= {
            f"items-{place}-indicator": item.indicator,
            f"items-{place}-category": item.category,
            f"items-{place}-weight": str(item.weight),
            f"items-{place}-rule": item.rule,
            f"items-{place}-rule-target": item.rule_params.get("target", ""),
            f"items-{place}-missing_policy": item.missing_policy,
            f"items-{place}-min_sample": item.min_sample,
        }
    for place, band in enumerate(content.bands):
        data |= {
            f"bands-{place}-key": band["key"],
            f"bands-{place}-name": band["name"]["zh-hans"],
            f"bands-{place}-lower": band["lower"] or "",
            f"bands-{place}-bonus_factor": band["bonus_factor"] or "",
            f"bands-{place}-consequence": band["consequence"],
        }
    return data | changes
