"""Names that a company enters: one per language, falling back to 简体中文."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A name in up to three languages. `name` is the 简体中文 and always there."""

    name = models.CharField(_("name"), max_length=100)
    name_zh_hant = models.CharField(_("name in 繁體中文"), max_length=100, blank=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return localized(self.name, self.name_zh_hant, self.name_en)


def localized(zh_hans: str, zh_hant: str, en: str) -> str:
    """The variant for the active language, else the 简体中文."""
    language = (get_language() or "zh-hans").lower()
    if language.startswith("en"):
        return en or zh_hans
    if language in ("zh-hant", "zh-tw", "zh-hk"):
        return zh_hant or zh_hans
    return zh_hans
