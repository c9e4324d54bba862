"""Names of where an adjustment comes from."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

ORIGINS: Mapping[str, Any] = {
    "re_evaluation": _("re-evaluation"),
    "recorded_correction": _("a recorded value was wrong"),
    "data_error": _("the records were wrong or incomplete"),
    "special_case": _("special circumstances"),
}
"""The keys are stored; see AdjustmentRequest.origin."""
