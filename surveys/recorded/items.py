"""The items that are usually recorded, and the texts by which files know them."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

USUAL: Mapping[str, object] = {
    "attendance": _("attendance rate"),
    "training": _("training completed"),
    "certificates": _("certificates held"),
    "overtime": _("overtime hours"),
}
TEXTS: Mapping[str, str] = {
    "出勤率": "attendance",
    "考勤率": "attendance",
    "attendance rate": "attendance",
    "培训完成率": "training",
    "培训": "training",
    "培訓完成率": "training",
    "training completed": "training",
    "持证数": "certificates",
    "证书数": "certificates",
    "加班时长": "overtime",
    "加班小时": "overtime",
}
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def code_of(text: str) -> str | None:
    """The code of an item by its usual name, or the text itself where it is a code; else None."""
    known = TEXTS.get(text.strip().casefold())
    if known is not None:
        return known
    return text.strip() if _CODE.fullmatch(text.strip()) else None


def label_of(code: str) -> str:
    """The usual name of an item in the reader's language; else its code."""
    return str(USUAL.get(code, code))
